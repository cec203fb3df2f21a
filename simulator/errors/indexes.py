# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secondary indexes, and the keys of a table."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.errors.answers import ServiceError, invalid, still_in_use, subscriber_limit, validation


def index_not_found(table: str, index: str) -> ServiceError:
    return ServiceError(
        "ResourceNotFoundException", f"Requested resource not found: Index {index} for table {table}"
    )  # 375


def no_such_index(index: str) -> ServiceError:
    return validation(f"The table does not have the specified index: {index}")


def index_is_backfilling(index: str) -> ServiceError:
    return validation(f"Cannot read from backfilling global secondary index: {index}")


def index_exists() -> ServiceError:
    return validation("Attempting to create an index which already exists")


def one_index_at_a_time() -> ServiceError:
    return subscriber_limit("Only 1 online index can be created or deleted simultaneously per table")  # 159


def too_many_indexes(limit: int) -> ServiceError:
    return subscriber_limit(f"Number of global secondary indexes exceeds per-table limit of {limit}")  # 169


def index_is_allocating(table: str, index: str) -> ServiceError:
    return still_in_use(
        "Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index "
        f"is active. Table: {table} Index: {index}"
    )  # 149


def index_not_backfilling_yet(table: str, index: str) -> ServiceError:
    return still_in_use(f"Index is being created but is not backfilling yet. Table: {table} Index: {index}")  # 163


def index_is_deleting(table: str, index: str) -> ServiceError:
    return still_in_use(f"Index is being deleted. Table: {table} Index: {index}")  # 163


def index_is_updating(table: str, index: str) -> ServiceError:
    return still_in_use(f"Index is being updated. Table: {table} Index: {index}")  # 135


def table_with_changing_indexes() -> ServiceError:
    return still_in_use("Cannot delete table while indexes are being created, updated, or deleted.")  # 150


def empty_list(member: str) -> ServiceError:
    return invalid(f"List of {member} is empty")  # 043, 359


def several_index_actions() -> ServiceError:
    return invalid("Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object")  # 160


def no_index_action() -> ServiceError:
    return invalid(
        "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
        "GlobalSecondaryIndexUpdate.Delete must not be null"
    )  # 160


def index_named_twice(index: str) -> ServiceError:
    return invalid(f"Only one global secondary index update per index is allowed simultaneously. Index: {index}")  # 160


def index_with_capacity() -> ServiceError:
    return validation("You cannot create or delete index while updating table IOPS")  # 174


def index_with_stream() -> ServiceError:
    return validation("You cannot create or delete index while changing stream status")  # 174


def no_definitions_for_index(index: str) -> ServiceError:
    return invalid(f"AttributeDefinitions is not specified for index: {index}")  # 162


def key_without_definition(keys: Iterable[str], defined: Iterable[str]) -> ServiceError:
    return invalid(
        f"Some index key attributes are not defined in AttributeDefinitions. Keys: [{', '.join(keys)}], "
        f"AttributeDefinitions: [{', '.join(defined)}]"
    )  # 042, 127


def unused_attributes(defined: Iterable[str], keys: Iterable[str]) -> ServiceError:
    return invalid(
        f"Some AttributeDefinitions are not used. AttributeDefinitions: [{', '.join(defined)}], "
        f"keys used: [{', '.join(keys)}]"
    )  # 127


def number_of_attributes_differs() -> ServiceError:
    return invalid(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions"
    )  # 127


def attribute_defined_twice(name: str) -> ServiceError:
    return validation(f"Attribute Name is duplicated: {name}")  # 042


def first_key_is_no_hash() -> ServiceError:
    return validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")  # 124


def second_key_is_no_range() -> ServiceError:
    return validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")  # 124


def too_many_keys_of_table() -> ServiceError:
    return validation(
        "1 validation error detected: Value at 'keySchema' failed to satisfy constraint: Member must have length "
        "less than or equal to 2"
    )  # 123


def too_many_keys(kind: str) -> ServiceError:
    return invalid(f"The KeySchema exceeds the maximum allowed number of {kind} key attributes")  # 123


def hash_keys_come_first() -> ServiceError:
    return invalid("All HASH key attributes must precede RANGE key attributes in the KeySchema")  # 123


def key_named_twice() -> ServiceError:
    return invalid("The KeySchema contains multiple key attributes with the same name")  # 123


def unknown_projection(kind: str | None) -> ServiceError:
    return invalid(f"Unknown ProjectionType: {kind or 'null'}")  # 126


def projection_attributes(kind: str, named: bool) -> ServiceError:
    return invalid(f"ProjectionType is {kind}, but NonKeyAttributes is {'' if named else 'not '}specified")  # 126


def projected_twice(name: str) -> ServiceError:
    return invalid(f"Duplicate element in NonKeyAttributes: {name}")  # 126


def too_many_projected(limit: int) -> ServiceError:
    return validation(f"Member must have length less than or equal to {limit}")  # 126


def too_many_indexes_at_creation(limit: int) -> ServiceError:
    return invalid(f"GlobalSecondaryIndex count exceeds the per-table limit of {limit}")  # 129, 169


def too_many_local_indexes(limit: int) -> ServiceError:
    return invalid(f"Number of LocalSecondaryIndexes exceeds per-table limit of {limit}")  # 129


def duplicate_index(name: str) -> ServiceError:
    return invalid(f"Duplicate index name: {name}")  # 129


def local_index_needs_sort_key() -> ServiceError:
    return invalid(
        "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex"
    )  # 129


def local_index_of_another_hash_key(index: str, index_key: str, table_key: str) -> ServiceError:
    return invalid(
        "Index KeySchema does not have the same leading hash key as table KeySchema for index: "
        f"{index}. index hash key: {index_key}, table hash key: {table_key}"
    )  # 129


def local_index_without_range_key(index: str) -> ServiceError:
    return invalid(f"Index KeySchema does not have a range key for index: {index}")  # 129

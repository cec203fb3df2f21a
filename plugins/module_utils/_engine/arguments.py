# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Argument specs of the modules. Pure data.

No option has a default that could change an existing table: unset means unmanaged.
"""

from __future__ import annotations

STATES = ["present", "absent"]
REPLICA_STATES = [*STATES, "disassociated"]
KEY_TYPES = ["S", "N", "B"]
BILLING_MODES = ["PAY_PER_REQUEST", "PROVISIONED"]
TABLE_CLASSES = ["STANDARD", "STANDARD_INFREQUENT_ACCESS"]
STREAM_VIEW_TYPES = ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]
PROJECTIONS = ["ALL", "KEYS_ONLY", "INCLUDE"]
ENCRYPTION_TYPES = ["aws_owned", "aws_managed", "customer"]
INSIGHTS_MODES = ["ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"]
KINESIS_PRECISIONS = ["MILLISECOND", "MICROSECOND"]
CONSISTENCIES = ["eventual", "strong"]

# A replica's value that clears its override, so that it follows the table again.
INHERIT = "inherit"

_SCALED_CAPACITY = {
    "type": "dict",
    "options": {
        "min": {"type": "int", "required": True},
        "max": {"type": "int", "required": True},
        "target": {"type": "float"},
    },
}
_AUTOSCALING = {
    "type": "dict",
    "options": {
        "enabled": {"type": "bool", "required": True},
        "read": _SCALED_CAPACITY,
        "write": _SCALED_CAPACITY,
    },
}
_UNITS = {"type": "dict", "options": {"read": {"type": "int"}, "write": {"type": "int"}}}
_INSIGHTS = {
    "type": "dict",
    "options": {
        "enabled": {"type": "bool", "required": True},
        "mode": {"type": "str", "choices": INSIGHTS_MODES},
    },
}

# What never follows the table into a replica, so that each region has its own.
REGIONAL_OPTIONS = {
    "tags": {"type": "dict"},
    "purge_tags": {"type": "bool"},
    "point_in_time_recovery": {
        "type": "dict",
        "options": {
            "enabled": {"type": "bool", "required": True},
            "recovery_period_days": {"type": "int"},
        },
    },
    "deletion_protection": {"type": "bool"},
    "disassociation_protection": {"type": "bool"},
    "contributor_insights": _INSIGHTS,
    "resource_policy": {"type": "dict"},
    "kinesis_stream": {
        "type": "dict",
        "options": {
            "enabled": {"type": "bool", "required": True},
            "arn": {"type": "str"},
            "precision": {"type": "str", "choices": KINESIS_PRECISIONS},
        },
    },
}

# Where a replica may differ from what the group shares; each takes `INHERIT`, but the key.
OVERRIDE_OPTIONS = {
    "kms_key": {"type": "str", "no_log": False},
    "table_class": {"type": "str", "choices": [*TABLE_CLASSES, INHERIT]},
    "read_capacity": {"type": "raw"},
    "on_demand_max_read": {"type": "raw"},
    "global_secondary_indexes": {
        "type": "list",
        "elements": "dict",
        "options": {
            "name": {"type": "str", "required": True},
            "read_capacity": {"type": "raw"},
            "on_demand_max_read": {"type": "raw"},
            "contributor_insights": _INSIGHTS,
        },
    },
}

# What DescribeTable doesn't show, so that it costs a read of its own and is read only where it is managed.
SIDE_READ_OPTIONS = (
    "ttl",
    "point_in_time_recovery",
    "tags",
    "encryption",
    "contributor_insights",
    "autoscaling",
    "resource_policy",
    "kinesis_stream",
)

REPLICA_OPTIONS = {
    "region": {"type": "str", "required": True},
    "state": {"type": "str", "choices": REPLICA_STATES},
    **OVERRIDE_OPTIONS,
    **REGIONAL_OPTIONS,
}

TABLE_OPTIONS = {
    "name": {"type": "str", "required": True},
    "region": {"type": "str"},
    "state": {"type": "str", "choices": STATES},
    "delete_replicas": {"type": "bool"},
    "partition_key": {"type": "str", "no_log": False},
    "sort_key": {"type": "str", "no_log": False},
    "attribute_types": {"type": "dict"},
    "billing_mode": {"type": "str", "choices": BILLING_MODES},
    "read_capacity": {"type": "int"},
    "write_capacity": {"type": "int"},
    "autoscaling": _AUTOSCALING,
    "on_demand_max": _UNITS,
    "warm_throughput": _UNITS,
    "global_secondary_indexes": {
        "type": "list",
        "elements": "dict",
        "options": {
            "name": {"type": "str", "required": True},
            "partition_keys": {"type": "list", "elements": "str", "required": True, "no_log": False},
            "sort_keys": {"type": "list", "elements": "str", "no_log": False},
            "projection": {"type": "str", "choices": PROJECTIONS},
            "non_key_attributes": {"type": "list", "elements": "str", "no_log": False},
            "read_capacity": {"type": "int"},
            "write_capacity": {"type": "int"},
            "autoscaling": _AUTOSCALING,
            "on_demand_max": _UNITS,
            "warm_throughput": _UNITS,
            "contributor_insights": _INSIGHTS,
        },
    },
    "purge_indexes": {"type": "bool"},
    "local_secondary_indexes": {
        "type": "list",
        "elements": "dict",
        "options": {
            "name": {"type": "str", "required": True},
            "sort_key": {"type": "str", "required": True, "no_log": False},
            "projection": {"type": "str", "choices": PROJECTIONS},
            "non_key_attributes": {"type": "list", "elements": "str", "no_log": False},
        },
    },
    "stream": {
        "type": "dict",
        "options": {
            "enabled": {"type": "bool", "required": True},
            "view_type": {"type": "str", "choices": STREAM_VIEW_TYPES},
        },
    },
    "ttl": {
        "type": "dict",
        "options": {
            "enabled": {"type": "bool", "required": True},
            "attribute": {"type": "str"},
        },
    },
    "encryption": {
        "type": "dict",
        "options": {
            "type": {"type": "str", "choices": ENCRYPTION_TYPES, "required": True},
            "kms_key": {"type": "str", "no_log": False},
        },
    },
    "table_class": {"type": "str", "choices": TABLE_CLASSES},
    **REGIONAL_OPTIONS,
    "consistency": {"type": "str", "choices": CONSISTENCIES},
    "witness_region": {"type": "str"},
    "replicas": {"type": "list", "elements": "dict", "options": REPLICA_OPTIONS},
    "exclude_regions": {"type": "list", "elements": "str"},
    "verification": {"type": "str", "choices": ["items", "states"]},
}

DEFAULT_OPTIONS = {name: option for name, option in TABLE_OPTIONS.items() if name != "name"}
REPLICA_DEFAULT_OPTIONS = {name: option for name, option in REPLICA_OPTIONS.items() if name not in ("region", "state")}

# What every module of the collection takes, apart from amazon.aws's common options; see `shapes` for what is in tables.
COMMON_OPTIONS = {
    "tables": {"type": "list", "elements": "dict", "required": True},
    "table_defaults": {"type": "dict"},
    "replica_regions": {"type": "list", "elements": "str"},
    "replica_defaults": {"type": "dict"},
    "absent_regions": {"type": "list", "elements": "str"},
    "only": {"type": "list", "elements": "str"},
    "account_id": {"type": "str"},
    "loopback_only": {"type": "bool", "default": False},
}

# What stands in for ``tables`` where tables are only looked at, and the options that would say something of a list.
INFO_OPTIONS = {
    "tables": {**COMMON_OPTIONS["tables"], "required": False},
    "names": {"type": "list", "elements": "str"},
}
LISTING_OPTIONS = ("tables", "table_defaults", "replica_regions", "replica_defaults", "absent_regions", "only")

# What the modules that change tables take besides.
LIMIT_OPTIONS = {
    "max_removals": {"type": "int", "default": 1},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 3600},
    "wait_delay": {"type": "float", "default": 5.0},
}
APPROVAL_OPTIONS = {
    "plan_file": {"type": "path"},
    "expect_plan": {"type": "str"},
}
# What modules take that may run for long; see the action plugins of the same names.
PROGRESS_OPTIONS = {"progress_file": {"type": "path"}}
CHANGE_OPTIONS = {**LIMIT_OPTIONS, **APPROVAL_OPTIONS, **PROGRESS_OPTIONS}

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The one schema of tables and their replicas. Every module takes all of it and acts on its own part.

    DOCUMENTATION = r"""
options:
  table_defaults:
    description:
      - Options that every table inherits. A table's own option replaces the whole default of that name, and null
        drops it.
    type: dict
    suboptions: &table_options
      region:
        description:
          - The home region, where the table is made, when it isn't the task's O(region).
        type: str
      state:
        description:
          - V(absent) deletes the table. With replicas it is refused unless O(tables[].delete_replicas) is set and all
            of them are listed; with deletion protection on anywhere it is always refused.
          - Unset is the same as V(present).
        type: str
        choices: [present, absent]
      delete_replicas:
        description:
          - Whether O(tables[].state=absent) may delete the replicas and their items too.
        type: bool
      partition_key:
        description:
          - The attribute that is the partition key. Needed to create a table; can't be changed.
        type: str
      sort_key:
        description:
          - The attribute that is the sort key. Can't be changed.
        type: str
      attribute_types:
        description:
          - The types of key attributes, of the table and its indexes, V(S) (string), V(N) (number) or V(B) (binary).
            One that isn't named is V(S) when the table is created. Can't be changed.
        type: dict
      billing_mode:
        description:
          - How reads and writes are paid. A new table is V(PAY_PER_REQUEST) when this is unset.
          - With V(PROVISIONED) a table needs auto scaling of its write capacity, and of that of each global secondary
            index, before it can have replicas; see O(tables[].autoscaling).
        type: str
        choices: [PAY_PER_REQUEST, PROVISIONED]
      read_capacity:
        description:
          - Read capacity units, with O(tables[].billing_mode=PROVISIONED).
        type: int
      write_capacity:
        description:
          - Write capacity units, with O(tables[].billing_mode=PROVISIONED).
        type: int
      autoscaling: &autoscaling
        description:
          - Application Auto Scaling of provisioned capacity. While it is on, read_capacity and write_capacity only say
            what a new table or index begins with.
          - What scales writes follows the table into every replica; reads are scaled in the home region. Of a read or
            write that isn't named what there is stays as it is. A policy that somebody else made is adopted.
          - V(false) for enabled ends the scaling of reads and writes in every region, and on the way to on demand only
            once the table is there.
        type: dict
        suboptions:
          enabled:
            description: Whether it is on. V(false) removes the scalable targets with their policies.
            type: bool
            required: true
          read:
            description: Read capacity, when it is to be scaled.
            type: dict
            suboptions: &scaled_capacity
              min:
                description: The least capacity units.
                type: int
                required: true
              max:
                description: The most capacity units.
                type: int
                required: true
              target:
                description:
                  - The share of the capacity that is to be in use, 20 to 90 percent. When unset a policy that stands
                    keeps its own, and a new one has V(70).
                type: float
          write:
            description: Write capacity, when it is to be scaled. A provisioned table with replicas needs it.
            type: dict
            suboptions: *scaled_capacity
      on_demand_max: &on_demand_max
        description:
          - The most request units a second of an on-demand table or index. V(-1) clears a maximum. A switch to
            V(PROVISIONED) drops it.
        type: dict
        suboptions:
          read:
            description: Read request units.
            type: int
          write:
            description: Write request units. It follows the table into every replica.
            type: int
      warm_throughput: &warm_throughput
        description:
          - The units a second that the table or index is ready to serve at once. It only ever rises. What the service
            shows as more counts as reached.
        type: dict
        suboptions:
          read:
            description: Read units.
            type: int
          write:
            description: Write units.
            type: int
      global_secondary_indexes:
        description:
          - Global secondary indexes. One that is missing is added, one at a time, and filled in every region before the
            next change, which takes 8 to 17 minutes even for a small table. One that isn't listed is left alone unless
            purge_indexes is set.
          - The keys and the projection of a standing index can't be changed. Two runs do it, the first without the
            index and with purge_indexes, the second with the new one.
        type: list
        elements: dict
        suboptions:
          name:
            description: The index's name.
            type: str
            required: true
          partition_keys:
            description: The attributes of its partition key, one to four.
            type: list
            elements: str
            required: true
          sort_keys:
            description: The attributes of its sort key, up to four.
            type: list
            elements: str
          projection: &projection
            description: Which attributes the index holds. V(ALL) when unset.
            type: str
            choices: [ALL, KEYS_ONLY, INCLUDE]
          non_key_attributes: &non_key_attributes
            description: The further attributes it holds, with V(INCLUDE) as its projection.
            type: list
            elements: str
          read_capacity:
            description: Read capacity units, with O(tables[].billing_mode=PROVISIONED).
            type: int
          write_capacity:
            description: Write capacity units, with O(tables[].billing_mode=PROVISIONED).
            type: int
          autoscaling: *autoscaling
          on_demand_max: *on_demand_max
          warm_throughput: *warm_throughput
          contributor_insights: &contributor_insights
            description:
              - CloudWatch Contributor Insights, of this region only.
            type: dict
            suboptions:
              enabled:
                description: Whether they are on.
                type: bool
                required: true
              mode:
                description: What they watch. The service's own choice when unset.
                type: str
                choices: [ACCESSED_AND_THROTTLED_KEYS, THROTTLED_KEYS]
      purge_indexes:
        description:
          - Whether global secondary indexes that aren't in global_secondary_indexes are deleted. Unset means V(false).
        type: bool
      local_secondary_indexes:
        description:
          - Local secondary indexes that a new table gets. Can't be changed.
        type: list
        elements: dict
        suboptions:
          name:
            description: The index's name.
            type: str
            required: true
          sort_key:
            description: The attribute that is its sort key.
            type: str
            required: true
          projection: *projection
          non_key_attributes: *non_key_attributes
      stream:
        description:
          - The table's stream. DynamoDB turns one on with the first replica; from then on it can't be changed until the
            last one has left.
        type: dict
        suboptions:
          enabled:
            description: Whether it is on.
            type: bool
            required: true
          view_type:
            description: What its records hold. V(NEW_AND_OLD_IMAGES) when unset and the stream is turned on.
            type: str
            choices: [KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES]
      ttl:
        description:
          - Expiry of items. It follows the table into every replica. DynamoDB takes a change about every half hour, so
            another attribute takes two runs that far apart, the first of which turns it off.
        type: dict
        suboptions:
          enabled:
            description: Whether it is on.
            type: bool
            required: true
          attribute:
            description: The attribute that holds an item's expiry time. Needed to turn it on.
            type: str
      encryption:
        description:
          - The key that encrypts the table at rest. Its type is shared by all regions, the key is each region's own.
            DynamoDB takes four changes in 24 hours, then one in six. Before a table or a replica is made or changed,
            KMS in its region says that the key exists, is enabled, and can encrypt.
          - The keys of a table with replicas are changed in all regions together, by
            M(multiregion.dynamodb.replicas). That DynamoDB takes one customer key for another like this is inferred
            from its own error text, not observed.
        type: dict
        suboptions:
          type:
            description:
              - V(aws_owned) is a key that DynamoDB owns, V(aws_managed) the account's key for DynamoDB, V(customer) a
                KMS key of the account, which needs a key in every region.
            type: str
            required: true
            choices: [aws_owned, aws_managed, customer]
          kms_key:
            description: The home region's key, with V(customer), as an ARN, an id or an alias (C(alias/...)).
            type: str
      table_class:
        description:
          - The table's class. It follows the table into every replica, and can be changed twice in 30 days.
        type: str
        choices: [STANDARD, STANDARD_INFREQUENT_ACCESS]
      tags: &tags
        description:
          - Tags, of this region only. They are added or changed; others are left alone unless purge_tags is set.
        type: dict
      purge_tags: &purge_tags
        description:
          - Whether tags that aren't in tags are removed; those of AWS (C(aws:*)) never are.
          - Unlike in amazon.aws, unset means V(false), as nothing is removed because a line is missing.
        type: bool
      point_in_time_recovery: &point_in_time_recovery
        description:
          - Continuous backups, of this region only.
        type: dict
        suboptions:
          enabled:
            description: Whether they are on.
            type: bool
            required: true
          recovery_period_days:
            description: How far back, 1 to 35 days. DynamoDB takes 35 when unset.
            type: int
      deletion_protection: &deletion_protection
        description:
          - Whether this region's table refuses to be deleted. Never switched off on the way to a removal.
        type: bool
      disassociation_protection: &disassociation_protection
        description:
          - Whether this region's replica refuses to leave the group and keep its data. DynamoDB turns it on for every
            replica. A table has it only as a member of a group with eventual consistency, so for a table without
            replicas it is set with the first one, by M(multiregion.dynamodb.replicas).
        type: bool
      contributor_insights: *contributor_insights
      resource_policy: &resource_policy
        description:
          - The resource policy of this region's table, as a policy document. V({}) removes it. Documents are compared
            by what they mean. One that denies replication to a table with replicas is refused, as is one that would
            keep the credentials in use from changing it again.
        type: dict
      kinesis_stream: &kinesis_stream
        description:
          - The Kinesis data stream that receives this region's changes of items. A table has one at a time, so another
            one is turned on after the old one is off; changes made in between reach neither.
        type: dict
        suboptions:
          enabled:
            description: Whether one receives them. V(false) turns off the one that does, whichever it is.
            type: bool
            required: true
          arn:
            description: The stream, in the same region. Needed to turn it on.
            type: str
          precision:
            description: How exactly a record's time is given. The service's own choice when unset.
            type: str
            choices: [MILLISECOND, MICROSECOND]
      consistency:
        description:
          - How the regions agree. V(strong) is a group of exactly three regions (MRSC), or of two and a
            O(tables[].witness_region), made in one call while the table is empty, and never changed after. It can have
            neither TTL nor local secondary indexes.
          - Unset is the same as V(eventual) for a new group.
        type: str
        choices: [eventual, strong]
      witness_region:
        description:
          - The region of the witness of a strongly consistent group of two replicas. It holds no table.
        type: str
      replicas:
        description:
          - Replicas of this table besides those of O(replica_regions), and what a replica has of its own.
        type: list
        elements: dict
        suboptions:
          region:
            description: The replica's region. The home region is ignored.
            type: str
            required: true
          state:
            description:
              - V(absent) removes the replica and its items. V(disassociated) lets it leave the group and keep its items
                as a table of its own, which is never deleted, changed or made a replica again. Its disassociation
                protection is switched off on the way only with disassociation_protection=false beside it. Unset is the
                same as V(present).
            type: str
            choices: [present, absent, disassociated]
          kms_key:
            description:
              - The replica's key, which it needs when the table's encryption.type is V(customer), as an ARN in its
                region, an id or an alias.
            type: str
          table_class:
            description: The replica's own class. V(inherit) lets it follow the table again.
            type: str
            choices: [STANDARD, STANDARD_INFREQUENT_ACCESS, inherit]
          read_capacity:
            description: The replica's own read capacity units. V(inherit) lets it follow the table again.
            type: raw
          on_demand_max_read:
            description:
              - The replica's own maximum of read request units. V(inherit) lets it follow the table again. V(-1) is
                none, where the table has none either.
            type: raw
          global_secondary_indexes:
            description: The replica's own values of the table's indexes.
            type: list
            elements: dict
            suboptions:
              name:
                description: The index's name.
                type: str
                required: true
              read_capacity:
                description: Its read capacity units there, or V(inherit).
                type: raw
              on_demand_max_read:
                description: Its maximum of read request units there, or V(inherit).
                type: raw
              contributor_insights: *contributor_insights
          tags: *tags
          purge_tags: *purge_tags
          point_in_time_recovery: *point_in_time_recovery
          deletion_protection: *deletion_protection
          disassociation_protection: *disassociation_protection
          contributor_insights: *contributor_insights
          resource_policy: *resource_policy
          kinesis_stream: *kinesis_stream
      exclude_regions:
        description:
          - Regions of O(replica_regions) that this table isn't extended into. A replica that exists there is left
            alone.
        type: list
        elements: str
      verification:
        description:
          - What M(multiregion.dynamodb.replication_check) does. V(items) writes items of its own in every region and
            removes them; V(states) only reads the states of the replicas.
          - Unset is the same as V(items).
        type: str
        choices: [items, states]
  tables:
    description:
      - The tables, each once.
    type: list
    elements: dict
    required: true
    suboptions:
      <<: *table_options
      name:
        description: The table's name.
        type: str
        required: true
  replica_regions:
    description:
      - Regions into which every table is extended. A table's home region may be among them and is ignored.
      - When neither this nor O(tables[].replicas) names a region, replicas are left alone.
    type: list
    elements: str
  replica_defaults:
    description:
      - Options of the replicas in a region, by region; V(*) stands for every region. A table's own entry in
        O(tables[].replicas) comes before them, and a region before V(*). A null there drops the default.
    type: dict
  absent_regions:
    description:
      - Regions from which M(multiregion.dynamodb.replicas) removes the tables' replicas, with their items, as many as
        its O(multiregion.dynamodb.replicas#module:max_removals) allows.
    type: list
    elements: str
  only:
    description:
      - Names or globs; only the tables that match are looked at. A pattern that matches no table fails.
    type: list
    elements: str
  account_id:
    description:
      - The account that the tables belong to. Credentials of another account are refused before any other call.
    type: str
  loopback_only:
    description:
      - Whether to refuse to run against anything but an emulator on this machine, given as O(endpoint_url).
    type: bool
    default: false
requirements:
  - python >= 3.11
  - boto3 >= 1.35.94
  - botocore >= 1.35.94
notes:
  - Only the regions that the task names are ever called.
  - Credentials in the environment are read by the AWS SDK alone, in its order. C(AWS_ACCESS_KEY), C(AWS_SECRET_KEY)
    and C(AWS_PROFILE) beside access keys are what they are to the SDK, unlike in amazon.aws.
  - Credentials never appear in a result or in a file that is written. No name or value is masked because it looks like
    one. Text that Ansible has masked elsewhere is refused.
  - O(endpoint_url) may hold C({region}) and C({service}), which are filled in for each client. One region's AWS
    endpoint is refused, because a global table needs every region's.
"""


# The same where another option can stand in for tables.
ModuleDocFragment.OPTIONAL = ModuleDocFragment.DOCUMENTATION.replace(
    """
    required: true
    suboptions:
      <<: *table_options
""",
    """
    suboptions:
      <<: *table_options
""",
)

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AWS's regions on one loopback port, for DynamoDB global tables of version 2019.11.21.

Moto keeps what is regional: items, expressions, indexes, streams. This package adds what makes tables global:
members of a global table and their timed lives, the settings that follow a table, replication of items, and the
service's own refusals. It never answers 200 to what it doesn't do.

    from simulator.server import serve

    with serve() as simulator:
        client = boto3.client("dynamodb", region_name="eu-west-1", endpoint_url=simulator.url, ...)
        simulator.admin.pause(region="eu-west-1")

Not simulated: several accounts, backups, what a resource policy allows or denies.
"""

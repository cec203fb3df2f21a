# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every error the simulator answers, in the service's own words.

Texts that begin with "The simulator" are ours: they refuse what isn't simulated. All others are what
DynamoDB answers; the finding that recorded each is named beside it (DDB-TABLE-nnn, see AWS_FACTS section 9).
"""

from __future__ import annotations

from simulator.errors.answers import *
from simulator.errors.capacity import *
from simulator.errors.encryption import *
from simulator.errors.groups import *
from simulator.errors.indexes import *
from simulator.errors.items import *
from simulator.errors.regional import *
from simulator.errors.scaling import *
from simulator.errors.tables import *

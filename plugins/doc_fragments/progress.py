# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What the modules that may run for long take besides.

    DOCUMENTATION = r"""
options:
  progress_file:
    description:
      - A file on the host to which a line of JSON is appended whenever it was looked how far everything is, for a
        program that watches the task. C(elapsed) are the seconds since the task began, C(lines) what has changed since
        the line before, ready for people and perhaps empty, and C(summary) how far everything is.
      - It holds names, regions, states and what was done. Its directory must exist. A new file is for the user
        alone, and a link is replaced. A write that fails later ends the writing, and not the task.
      - In check mode nothing is written.
      - Unset, Ansible itself shows the same on standard error while the task runs. At a terminal that is each change at
        once; there and elsewhere how far everything is, once a minute. It doesn't where the connection isn't local, and
        with C(async), C(become), C(no_log) or in check mode.
    type: path
notes:
  - SIGINT (Ctrl-C) and SIGTERM end the module with exit status 130 and 143. It first removes verification's items, and
    says which changes are under way. Nothing else is undone, and running again continues.
"""

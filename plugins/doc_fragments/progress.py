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
      - A file on the host to which a line of JSON is appended every few seconds, for a program that watches the task.
        C(elapsed) are the seconds since the task began, and C(summary) says how far everything is. C(lines) are for
        people to read at once, such as a failure, and are often empty. C(left) are about how many seconds the rest
        takes, if it goes on as it went so far, and C(null) while nothing says so.
      - It holds names, regions, states and reasons for failures. Its directory must exist. A new file is for the user
        alone, and a link is replaced. A write that fails later ends the writing, and not the task.
      - In check mode nothing is written.
      - Unset, Ansible itself shows the same on standard error while the task runs. At a terminal that is each of
        C(lines) at once, and C(summary) in a line that is rewritten every two seconds; with several hosts it is lines
        that stay, and less often. Elsewhere it is C(summary) once a minute. It shows nothing where the connection isn't
        local, with C(async), C(become) or C(no_log), and in check mode.
    type: path
notes:
  - SIGINT (Ctrl-C) and SIGTERM end the module with exit status 130 and 143. It first removes verification's items, and
    says which changes are under way. Nothing else is undone, and running again continues.
"""

# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that the user names: refused before any call when they can't become one, and replaced in one move."""

from __future__ import annotations

import contextlib
import os
import tempfile

from .spec import Refused


def check(option: str, path: str) -> None:
    """Find out before anything is done whether `write` could do its part.

    :param option: what the user calls it, for the sentence.
    :raises Refused: for a path that can't become a file.
    """
    directory = os.path.dirname(path) or "."
    if not os.path.isdir(directory):
        raise Refused([f"{option} is {path}, but that directory doesn't exist: make it, or choose another."])
    # Writing replaces it, and /dev/null must stay a device.
    try:
        os.stat(path)
    except FileNotFoundError:
        pass  # it will be made
    except (OSError, ValueError) as error:
        raise Refused([f"{option} is {path}, but that can't be a file ({error}): choose another."]) from error
    if not os.path.basename(path) or (os.path.exists(path) and not os.path.isfile(path)):
        raise Refused([f"{option} is {path}, which is no regular file: choose another."])
    try:
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise Refused(
            [f"{option} is {path}, but nothing can be written there ({error.strerror}): choose another."]
        ) from error


def write(path: str, text: str, mode: int) -> None:
    """In one move, so that nobody reads half a file; what UTF-8 can't hold of a service's text is escaped.

    :raises OSError: when it can't be written; what was there before still is.
    """
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path) or ".", prefix=".writing-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise

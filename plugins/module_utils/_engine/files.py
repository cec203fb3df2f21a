# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that the user names: refused before any call when they can't become one, and replaced in one move.

They are for the user alone. A link that somebody planted leads the writing nowhere: the directory is resolved, and what
stands at the path itself is replaced.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile

from .spec import Refused

PRIVATE = 0o600


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
        replaceable = _replaceable(path)
    except (OSError, ValueError) as error:
        raise Refused([f"{option} is {path}, but that can't be a file ({error}): choose another."]) from error
    if not os.path.basename(path) or not replaceable:
        raise Refused([f"{option} is {path}, which is no regular file: choose another."])
    try:
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise Refused(
            [f"{option} is {path}, but nothing can be written there ({error.strerror}): choose another."]
        ) from error


def write(path: str, text: str) -> None:
    """In one move, so that nobody reads half a file; what UTF-8 can't hold of a service's text is escaped.

    A file of the user's own keeps its mode, a new one is for the user alone.

    :raises OSError: when it can't be written; what was there before still is.
    """
    path = _resolved(path)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".writing-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            os.fchmod(file.fileno(), _mode(path))
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def open_to_append(path: str) -> int:
    """A descriptor of a file of the user's, made when there is none or a link.

    :raises OSError: when it can't be written.
    """
    path = _resolved(path)
    found = _found(path)
    if found and (stat.S_ISLNK(found.st_mode) or found.st_nlink > 1):
        os.unlink(path)
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, PRIVATE)


def _resolved(path: str) -> str:
    """Without links but for one at the path itself."""
    return os.path.join(os.path.realpath(os.path.dirname(path) or "."), os.path.basename(path))


def _found(path: str) -> os.stat_result | None:
    with contextlib.suppress(FileNotFoundError):
        return os.lstat(path)
    return None


def _replaceable(path: str) -> bool:
    """Whether a file, a link to one or to nothing, or nothing stands there: a link such as /dev/stdout stays, too."""
    return not _found(path) or not os.path.exists(path) or os.path.isfile(path)


def _mode(path: str) -> int:
    found = _found(path)
    own = found and stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and found.st_uid == os.geteuid()
    return stat.S_IMODE(found.st_mode) if own else PRIVATE

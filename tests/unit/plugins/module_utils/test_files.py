# Copyright (c) 2026, the multiregion.dynamodb contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that the user names."""

from __future__ import annotations

import os
import stat

import pytest
from ansible_collections.multiregion.dynamodb.plugins.module_utils._engine import files, spec


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/nowhere/file", "out is /nowhere/file, but that directory doesn't exist: make it, or choose another."),
        ("/dev/null", "out is /dev/null, which is no regular file: choose another."),
        ("/tmp", "which is no regular file"),
        ("/tmp/", "which is no regular file"),
        ("", "which is no regular file"),
        ("/proc/file", "nothing can be written there"),
    ],
)
def test_what_can_not_become_a_file_is_refused(path, sentence):
    with pytest.raises(spec.Refused, match=sentence):
        files.check("out", path)


def test_a_link_to_a_device_stays(tmp_path):
    link = tmp_path / "stdout"
    link.symlink_to("/dev/null")
    with pytest.raises(spec.Refused, match="which is no regular file"):
        files.check("out", str(link))


def test_checking_leaves_nothing_and_takes_a_new_file_as_well_as_an_old_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old").write_text("kept")
    for path in ("new", "old", str(tmp_path / "new")):
        files.check("out", path)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("old", "kept")]


def test_a_file_takes_the_place_of_another_in_one_move(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o644)
    with path.open() as reader:
        files.write(str(path), "new\N{CHECK MARK}")
        assert reader.read() == "old"
    assert path.read_text(encoding="utf-8") == "new\N{CHECK MARK}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert os.listdir(tmp_path) == ["file"]


def test_what_can_not_be_written_leaves_what_was_there_and_nothing_else(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    with pytest.raises(OSError):
        files.write(str(kept), "new")
    assert os.listdir(tmp_path) == ["kept"]


def test_half_a_character_is_no_reason_to_fail_after_hours_of_watching(tmp_path):
    files.write(str(tmp_path / "file"), "half \ud800")
    assert (tmp_path / "file").read_text() == "half \\ud800"


def test_a_new_file_is_for_its_user_alone(tmp_path):
    files.write(str(tmp_path / "file"), "new")
    os.close(files.open_to_append(str(tmp_path / "appended")))
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


@pytest.fixture
def somebodys(tmp_path):
    """A file that isn't to be written, for everybody to read."""
    path = tmp_path / "somebodys"
    path.write_text("kept")
    path.chmod(0o644)
    return path


def append(path: str, text: str) -> None:
    descriptor = files.open_to_append(path)
    os.write(descriptor, text.encode())
    os.close(descriptor)


@pytest.mark.parametrize("write", [files.write, append])
@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_link_that_was_planted_is_replaced_and_not_followed(somebodys, tmp_path, link, write):
    planted = tmp_path / "planted"
    link(somebodys, planted)
    files.check("out", str(planted))
    write(str(planted), "new")
    assert somebodys.read_text() == "kept"
    assert (planted.read_text(), planted.is_symlink()) == ("new", False)
    assert stat.S_IMODE(planted.stat().st_mode) == 0o600


def test_a_mode_is_kept_of_the_users_own_file_only(somebodys, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: somebodys.stat().st_uid + 1)
    files.write(str(somebodys), "new")
    assert stat.S_IMODE(somebodys.stat().st_mode) == 0o600


def test_a_link_on_the_way_is_where_the_user_wants_it(tmp_path):
    (tmp_path / "real").mkdir()
    os.symlink(tmp_path / "real", tmp_path / "linked")
    files.write(str(tmp_path / "linked/file"), "new")
    assert os.listdir(tmp_path / "real") == ["file"]

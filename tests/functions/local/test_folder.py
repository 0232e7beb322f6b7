import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import RobotPlugError
from functions.local.choice import Choice
from functions.local.clean import remove
from functions.local.folder import LOCK, default_folder, kept_choice, open_folder


def test_what_a_platform_needs_is_made_and_what_was_temporary_is_gone(tmp_path: Path):
    with open_folder(tmp_path / "here") as folder:
        folder.prepare()
        (folder.temporary / "left").touch()
    with open_folder(tmp_path / "here") as folder:
        folder.prepare()
        assert folder.logs.is_dir()
        assert list(folder.temporary.iterdir()) == []


def test_a_second_platform_in_the_folder_is_refused_at_once(tmp_path: Path):
    with open_folder(tmp_path), pytest.raises(RobotPlugError) as refused, open_folder(tmp_path):
        pass
    assert f"already runs in {tmp_path} (process {os.getpid()})" in str(refused.value)


def test_the_lock_is_waited_for_while_a_killed_parents_child_ends(tmp_path: Path):
    with open_folder(tmp_path) as folder:
        child = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(0.5)"], pass_fds=[folder.lock]
        )
        os.pwrite(folder.lock, b"999999999".ljust(20), 0)  # no process has this number
    with open_folder(tmp_path):
        assert child.wait() == 0


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path):
    (tmp_path / "file").touch()
    refusal = r"cannot write below .*Not a directory.*; make the"
    with pytest.raises(RobotPlugError, match=refusal), open_folder(tmp_path / "file" / "local"):
        pass


def test_a_finished_record_moves_to_the_first_free_number(tmp_path: Path):
    with open_folder(tmp_path) as folder:
        (tmp_path / "old-1").mkdir()
        folder.postgres.mkdir()
        (folder.postgres / "data").touch()
        folder.secrets.write_text("{}")
        folder.ended.touch()
        assert folder.retire() == tmp_path / "old-2"
        assert not folder.ended.exists()
        assert not folder.secrets.exists()
    assert (tmp_path / "old-2" / "postgres" / "data").exists()


def test_cleaning_removes_a_platforms_folder(tmp_path: Path):
    with open_folder(tmp_path / "local") as folder:
        folder.prepare()
    remove(tmp_path / "local")
    assert not (tmp_path / "local").exists()
    remove(tmp_path / "local")


@pytest.mark.parametrize("name", ["diary.txt", "lock", "postgres", "secrets.json"])
def test_a_foreign_folder_is_neither_cleaned_nor_used(tmp_path: Path, name: str):
    (tmp_path / name).touch()
    with pytest.raises(RobotPlugError, match="not a platform's folder"):
        remove(tmp_path)
    with pytest.raises(RobotPlugError, match="holds other things"), open_folder(tmp_path):
        pass
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_cleaning_is_refused_while_the_platform_runs(tmp_path: Path):
    with open_folder(tmp_path), pytest.raises(RobotPlugError, match="already runs"):
        remove(tmp_path)
    assert tmp_path.exists()


def test_each_provider_has_its_own_folder():
    assert default_folder({}) == Path(".local")
    assert default_folder({"PROVIDER": "sample"}) == Path(".local")
    assert default_folder({"PROVIDER": "yahoo"}) == Path(".local/yahoo")
    assert default_folder({"PROVIDER": "../.."}) == Path(".local")


def test_platforms_of_several_providers_lie_in_one_folder(tmp_path: Path):
    local = tmp_path / "local"
    with open_folder(local / "yahoo"), open_folder(local), open_folder(local / "crypto"):
        assert (local / "yahoo" / LOCK).exists()
    (local / LOCK).unlink()
    with open_folder(local):
        pass


def test_cleaning_removes_those_of_other_providers_too(tmp_path: Path):
    with open_folder(tmp_path / "local" / "yahoo") as folder:
        folder.prepare()
    remove(tmp_path / "local")
    assert not (tmp_path / "local").exists()


def test_cleaning_is_refused_while_another_providers_platform_runs(tmp_path: Path):
    with (
        open_folder(tmp_path / "local" / "yahoo"),
        pytest.raises(RobotPlugError, match=r"already runs in .*yahoo"),
    ):
        remove(tmp_path / "local")
    assert (tmp_path / "local" / "yahoo" / LOCK).exists()


def test_the_market_of_a_record_is_kept_until_the_record_has_ended(tmp_path: Path):
    choice = Choice("yahoo", ("SPY", "QQQ"))
    with open_folder(tmp_path / "local") as folder:
        assert kept_choice(folder.path) is None
        folder.keep_choice(choice)
        assert kept_choice(folder.path) == choice
        folder.ended.touch()
        assert kept_choice(folder.path) is None
        assert (folder.retire() / "market.json").exists()


def test_who_comes_second_is_told_what_runs(tmp_path):
    with (
        open_folder(tmp_path, "an import"),
        pytest.raises(RobotPlugError) as refused,
        open_folder(tmp_path),
    ):
        pass
    said = str(refused.value)
    assert said.startswith(f"an import already runs in {tmp_path} (process {os.getpid()}); wait")
    assert "Ctrl-C" not in said

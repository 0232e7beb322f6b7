"""The Makefile where there is no .venv."""

import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[2] / "Makefile"


@pytest.fixture(params=[".local", ".local/yahoo"])
def pid_file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Where PostgreSQL says that it runs, below a folder without .venv."""
    file = tmp_path / str(request.param) / "postgres" / "data" / "postmaster.pid"
    file.parent.mkdir(parents=True)
    return file


def clean(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = ["make", "-f", str(MAKEFILE), "clean"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_nothing_is_removed_from_under_a_running_database(tmp_path: Path, pid_file: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as server:
        pid_file.write_text(f"{server.pid}\n{pid_file.parent}\n")
        done = clean(tmp_path)
        server.kill()
    assert done.returncode != 0
    assert f"(process {server.pid}) still runs in .local; `make install clean`" in done.stderr
    assert pid_file.exists()


@pytest.mark.parametrize("left", ["", "4194305\n/gone\n"])
def test_what_a_database_left_behind_is_removed(tmp_path: Path, pid_file: Path, left: str) -> None:
    pid_file.write_text(left)
    assert clean(tmp_path).returncode == 0
    assert not (tmp_path / ".local").exists()

"""infra/bootstrap.sh, with Pythons that only say what they were asked to do."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = ("python3.14", "python3.13", "python3.12", "python3.11", "python3")
GOOD = """#!/bin/sh
case "$*" in
    "-c import sys"*) echo {version} ;;
    "-c import venv"*) exit {no_venv} ;;
    "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    "-m pip --version") ;;
    "-m pip install"*) echo "$*" >> pip.log; exit ${{PIP_FAILS:-0}} ;;
esac
"""
SHIM = "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n"


class Project:
    """A folder with the script and a lock, and a PATH with nothing on it but what is put there."""

    def __init__(self, folder: Path, path: Path) -> None:
        self.folder = folder
        self.path = path

    def python(self, name: str, text: str = GOOD, version: str = "3.12", no_venv: int = 0) -> None:
        program = self.path / name
        program.write_text(text.format(version=version, no_venv=no_venv) if text is GOOD else text)
        program.chmod(0o755)

    def bootstrap(self, **environment: str) -> "subprocess.CompletedProcess[str]":
        variables = {"PATH": f"{self.path}:/usr/bin:/bin", **environment}
        command = ["/bin/sh", "infra/bootstrap.sh", "requirements.txt"]
        return subprocess.run(
            command, cwd=self.folder, env=variables, capture_output=True, text=True, check=False
        )

    def installs(self) -> list[str]:
        log = self.folder / "pip.log"
        return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder, path = tmp_path / "project", tmp_path / "bin"
    (folder / "infra").mkdir(parents=True)
    path.mkdir()
    shutil.copy(ROOT / "infra" / "bootstrap.sh", folder / "infra")
    (folder / "requirements.txt").write_text("alembic==1.20.1 \\\n    --hash=sha256:00\n")
    (folder / "pyproject.toml").write_text("[project]\n")
    made = Project(folder, path)
    for name in NAMES:
        made.python(name, SHIM)
    return made


def test_what_is_locked_is_installed_by_hash_and_then_the_project_alone(project):
    project.python("python3.12")
    done = project.bootstrap()
    assert done.returncode == 0, done.stderr
    packages, itself = project.installs()
    assert "--only-binary :all: --require-hashes -r requirements.txt" in packages
    assert itself.endswith("--no-deps --no-build-isolation -e .")


def test_a_second_run_installs_nothing(project):
    project.python("python3.12")
    project.bootstrap()
    done = project.bootstrap()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(project.installs()) == 2


@pytest.mark.parametrize("changed", ["requirements.txt", "pyproject.toml"])
def test_a_changed_lock_or_project_is_installed_again(project, changed):
    project.python("python3.12")
    project.bootstrap()
    with (project.folder / changed).open("a") as file:
        file.write("# changed\n")
    assert project.bootstrap().returncode == 0
    assert len(project.installs()) == 4


def test_an_install_that_was_cut_short_is_made_from_the_start(project):
    project.python("python3.12")
    assert project.bootstrap(PIP_FAILS="1").returncode == 1
    (project.folder / ".venv" / "half-installed").touch()
    assert project.bootstrap().returncode == 0
    assert not (project.folder / ".venv" / "half-installed").exists()


def test_a_venv_whose_python_is_gone_is_made_anew(project):
    project.python("python3.12")
    project.bootstrap()
    (project.folder / ".venv" / "bin" / "python").unlink()
    assert project.bootstrap().returncode == 0
    assert len(project.installs()) == 4


def test_a_copied_folder_gets_a_venv_of_its_own(project, tmp_path):
    project.python("python3.12")
    project.bootstrap()
    copy = Project(tmp_path / "copy", project.path)
    shutil.copytree(project.folder, copy.folder)
    assert "making .venv" in copy.bootstrap().stdout
    assert (copy.folder / ".venv" / "home").read_text().strip() == str(copy.folder)


def test_the_newest_python_that_runs_is_taken(project):
    project.python("python3.11", version="3.11")
    project.python("python3", version="3.12")
    assert "with python3.11" in project.bootstrap().stdout


def test_python3_alone_is_enough(project):
    project.python("python3", version="3.13")
    assert "with python3\n" in project.bootstrap().stdout


@pytest.mark.parametrize(
    ("version", "says"),
    [("3.9", "no Python 3.11 to 3.14 that runs (python3 is 3.9); install one"),
     ("3.15", "no Python 3.11 to 3.14 that runs (python3 is 3.15); install one")],
)  # fmt: skip
def test_a_python_of_another_version_is_named(project, version, says):
    project.python("python3", version=version)
    done = project.bootstrap()
    assert done.returncode == 1
    assert done.stderr.startswith(says)
    assert done.stderr.count("\n") == 1


def test_shims_that_run_nothing_are_one_line(project):
    done = project.bootstrap()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("no Python 3.11 to 3.14 that runs; install one")
    assert done.stderr.count("\n") == 1


def test_a_missing_venv_module_is_named_with_its_package(project):
    project.python("python3.13", version="3.13", no_venv=1)
    done = project.bootstrap()
    assert done.returncode == 1
    assert "apt install python3.13-venv" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_python_without_venv_is_passed_over_for_one_with_it(project):
    project.python("python3.13", version="3.13", no_venv=1)
    project.python("python3.11", version="3.11")
    assert "with python3.11" in project.bootstrap().stdout


def test_a_failed_install_says_what_to_do(project):
    project.python("python3.12")
    done = project.bootstrap(PIP_FAILS="1")
    assert done.returncode == 1
    assert "mend the network and try again" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_is_read_only_is_one_line(project):
    project.python("python3.12")
    project.folder.chmod(0o555)
    done = project.bootstrap()
    project.folder.chmod(0o755)
    assert done.returncode == 1
    assert "make the folder writable" in done.stderr

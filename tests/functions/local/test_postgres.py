import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from engine.errors import RobotPlugError
from functions.local import postgres_program
from functions.local.postgres import READY_WITHIN_SECONDS, Server, forget_libpq_environment
from functions.local.postgres_program import postmaster
from functions.local.secret_file import secret, write_for_owner

pytestmark = pytest.mark.database
ROOT = Path(__file__).parents[3]


@pytest.fixture
def server(tmp_path):
    made = Server(tmp_path / "postgres", tmp_path / "secrets.json", durable=False)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One that is only looked at."""
    folder = tmp_path_factory.mktemp("running")
    with Server(folder / "postgres", folder / "secrets.json", durable=False) as made:
        yield made


def another(server):
    return Server(server.folder, server.secrets, durable=False)


def answer(server, statement="SELECT 1"):
    with psycopg.connect(server.url()) as connection:
        return connection.execute(statement).fetchone()[0]


@contextmanager
def running_elsewhere(server):
    """A server started by a process that is then killed."""
    code = (
        "import sys; from pathlib import Path; from functions.local.postgres import Server;"
        "Server(Path(sys.argv[1]), Path(sys.argv[2]), durable=False).start();"
        "print('up', flush=True);"
        "import time; time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(server.folder), str(server.secrets)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout.readline() == b"up\n"
        parent.kill()
    yield
    another(server).stop()


def test_it_starts_stops_and_starts_again_with_its_data_and_port(server):
    server.start()
    port = server.port
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    assert postmaster(server.data) is None
    server.start()
    assert (server.port, answer(server, "SELECT answer FROM kept")) == (port, 42)


def test_stopping_what_does_not_run_is_no_error(server):
    server.stop()
    server.start()
    server.stop()
    server.stop()
    assert postmaster(server.data) is None


def test_it_is_utf8_in_the_c_locale_and_in_utc(running):
    assert answer(running, "SHOW server_encoding") == "UTF8"
    assert answer(running, "SELECT datcollate FROM pg_database WHERE datname = 'postgres'") == "C"
    assert answer(running, "SHOW timezone") == "UTC"


def test_it_listens_on_one_address_and_no_socket(running):
    assert answer(running, "SHOW listen_addresses") == "127.0.0.1"
    assert answer(running, "SHOW unix_socket_directories") == ""


def test_only_its_owner_reads_the_password(running):
    assert stat.S_IMODE(running.secrets.stat().st_mode) == 0o600
    assert stat.S_IMODE(running.folder.stat().st_mode) == 0o700
    assert not (running.folder / "password").exists()


def test_a_wrong_password_is_refused(running):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgresql://postgres:guess@127.0.0.1:{running.port}/postgres")


def test_no_server_process_is_root(running):
    status = Path(f"/proc/{postmaster(running.data)}/status")
    if not status.exists():
        pytest.skip("no /proc here")
    with psycopg.connect(running.url()) as connection:
        connection.execute("CREATE TEMP TABLE who (line text)")
        connection.execute("COPY who FROM PROGRAM 'id -u'")
        assert connection.execute("SELECT line FROM who").fetchone()[0] != "0"


def test_a_server_left_by_a_killed_run_is_adopted_and_stopped(server):
    with running_elsewhere(server):
        left = postmaster(server.data)
        assert left is not None
        server.start()
        assert postmaster(server.data) == left
        assert answer(server) == 1
        server.stop()
        assert postmaster(server.data) is None


def test_after_kill_9_of_the_server_it_recovers_what_was_committed(tmp_path):
    server = Server(tmp_path / "postgres", tmp_path / "secrets.json")
    with server:
        with psycopg.connect(server.url()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        os.kill(postmaster(server.data), signal.SIGKILL)
        server._process.wait()
        assert (server.data / "postmaster.pid").exists()
        again = another(server)
        again.start()
        assert answer(again, "SELECT answer FROM kept") == 42
        again.stop()


def test_a_number_that_now_belongs_to_another_program_does_not_stop_the_start(server):
    server.start()
    server.stop()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n0\n1\n\n\n0 0\n")
    server.start()
    assert answer(server) == 1


def test_when_its_port_is_taken_it_takes_another(server):
    server.start()
    port = server.port
    server.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        server.start()
        assert server.port != port
        assert answer(server) == 1


def test_a_cluster_half_made_is_made_again(server):
    (server.folder / "data.new" / "base").mkdir(parents=True)
    server.start()
    assert answer(server) == 1


def test_data_of_another_version_names_both_and_the_way_out(server):
    server.start()
    server.stop()
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(RobotPlugError, match=r"is of PostgreSQL 12, this is 18; `make clean`"):
        server.start()


def test_broken_data_gives_one_line_with_the_way_out(server):
    server.start()
    server.stop()
    (server.data / "global" / "pg_control").write_bytes(b"broken")
    started = time.monotonic()
    with pytest.raises(RobotPlugError, match=r"does not start on .*`make clean`") as caught:
        server.start()
    assert "\n" not in str(caught.value)
    assert time.monotonic() - started < READY_WITHIN_SECONDS / 2


def test_data_with_files_gone_is_refused_at_once(server):
    server.start()
    server.stop()
    shutil.rmtree(server.data / "base")
    started = time.monotonic()
    with pytest.raises(RobotPlugError, match=r"PostgreSQL cannot read .*FATAL: .*`make clean`"):
        server.start()
    assert time.monotonic() - started < READY_WITHIN_SECONDS / 2


def test_data_whose_password_is_gone_names_the_way_out(server):
    server.start()
    server.stop()
    server.secrets.unlink()
    with pytest.raises(RobotPlugError, match=r"password of .* is gone; `make clean`"):
        server.start()


def test_a_file_in_the_folders_place_names_the_way_out(tmp_path):
    (tmp_path / "file").write_text("")
    server = Server(tmp_path / "file" / "postgres", tmp_path / "secrets.json")
    with pytest.raises(RobotPlugError, match="cannot write below"):
        server.start()


def test_nobodys_libpq_variables_reach_us(server, monkeypatch):
    for name, value in (("PGSERVICE", "x"), ("PGSSLMODE", "verify-full"), ("PGPORT", "1")):
        monkeypatch.setenv(name, value)
    server.start()
    assert answer(server) == 1
    assert not [name for name in os.environ if name.startswith("PG")]


def test_check_is_silent_while_it_runs_and_names_the_log_when_it_ended(server):
    server.start()
    server.check()
    os.kill(postmaster(server.data), signal.SIGQUIT)
    server._process.wait()
    with pytest.raises(RobotPlugError, match="PostgreSQL has ended"):
        server.check()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
class TestAsRoot:
    def test_without_user_namespaces_it_runs_as_nobody(self, monkeypatch):
        program = postgres_program.find_binaries() / "postgres"
        try:
            subprocess.run([program, "--version"], check=True, user="nobody", group=65534)
        except OSError:
            pytest.skip("nobody cannot reach this environment's programs")
        monkeypatch.setattr(postgres_program.shutil, "which", lambda _name: None)
        with tempfile.TemporaryDirectory(dir="/var/tmp") as place:
            Path(place).chmod(0o755)
            folder = Path(place) / "postgres"
            with Server(folder, Path(place) / "secrets.json", durable=False) as server:
                assert answer(server) == 1
                assert server.data.stat().st_uid == pwd.getpwnam("nobody").pw_uid

    def test_below_a_closed_folder_without_namespaces_it_says_what_to_do(
        self, monkeypatch, tmp_path
    ):
        monkeypatch.setattr(postgres_program.shutil, "which", lambda _name: None)
        tmp_path.chmod(0o700)
        server = Server(tmp_path / "closed" / "postgres", tmp_path / "secrets.json")
        (tmp_path / "closed").mkdir(mode=0o700)
        with pytest.raises(RobotPlugError, match="run as an ordinary user"):
            server.start()


def test_secrets_are_made_once(tmp_path):
    path = tmp_path / "secrets.json"
    assert secret(path, "a") == secret(path, "a") != secret(path, "b")


def test_a_password_is_its_owners_alone_from_the_first_byte(tmp_path, monkeypatch):
    path, modes = tmp_path / "password", []
    path.write_text("of a killed run")
    path.chmod(0o666)
    opened = os.fdopen

    def fdopen(descriptor, mode):
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return opened(descriptor, mode)

    monkeypatch.setattr(os, "fdopen", fdopen)
    before = os.umask(0)
    try:
        write_for_owner(path, "secret")
    finally:
        os.umask(before)
    assert (path.read_text(), modes) == ("secret", [0o600])


def test_a_broken_secret_file_names_the_way_out(tmp_path):
    path = tmp_path / "secrets.json"
    path.write_text("{")
    with pytest.raises(RobotPlugError, match="`make clean`"):
        secret(path, "a")


def test_forgetting_leaves_other_variables(monkeypatch):
    monkeypatch.setenv("PGUSER", "x")
    monkeypatch.setenv("ROBOT_PG", "x")
    forget_libpq_environment()
    assert "PGUSER" not in os.environ
    assert os.environ["ROBOT_PG"] == "x"

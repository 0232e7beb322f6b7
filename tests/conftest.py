"""What tests share: machine code, a PostgreSQL, databases in it, AWS in memory, market data."""

import fcntl
import gc
import hashlib
import itertools
import math
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import psycopg
    from playwright.sync_api import Browser

    from engine.speed import Pace

ROOT = Path(__file__).parents[1]
QUEUES = ("robots", "executions", "publish")
MACHINE_CODE = ROOT / ".tools" / "machine_code"
"""Kept from one test run to the next; each state of the engine has a folder of its own there."""
KEPT = 8
LONGEST_FIRST = ("platform", "faults", "browser")
"""Parts of the tests whose modules take longest: whoever began one last would be waited for."""
COMPILED = os.environ.get("TEST_LOOP") == "compiled"
"""Whether every simulation here runs compiled from its first bar on; else none does."""


def pytest_configure() -> None:
    """Ctrl-C reaches what the tests start, also where they were started in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    _let_examples_take_their_time()


def _let_examples_take_their_time() -> None:
    """How long one takes says how busy the machine is, and nothing about a law."""
    from hypothesis import HealthCheck, settings

    settings.register_profile(
        "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("patient")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests have to tell whoever runs them, also from another worker's process."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    told = {
        report.nodeid: [value for name, value in report.user_properties if name == "summary"]
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
    }
    if any(told.values()):
        terminalreporter.section("told by tests")
    for name, values in sorted(told.items()):
        if values:
            terminalreporter.line(f"{name}: {', '.join(str(value) for value in values)}")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage among what stays to the end anyway: it took two fifths of collecting."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "postgres" in names:
            item.add_marker(pytest.mark.database)
        if "chromium" in names:
            item.add_marker(pytest.mark.browser)


def _turn(item: pytest.Item) -> int:
    part = item.path.relative_to(ROOT).parts[1]
    return LONGEST_FIRST.index(part) if part in LONGEST_FIRST else len(LONGEST_FIRST)


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    """One at a time, and none that outlives its module: while it is there its loop runs."""
    from playwright.sync_api import sync_playwright

    from tests.budgets.looking import PLACES, SWITCHES

    found = next((path for name in PLACES if (path := shutil.which(name))), None)
    if found is None:
        missing = f"no Chromium: none of {', '.join(PLACES)} is here; install one to run these"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session", autouse=True)
def _pace(request: pytest.FixtureRequest) -> None:
    """One form of the loop for all tests, whatever ran before them."""
    from engine import speed

    never = speed.Pace(math.inf, math.inf)
    speed.PACE = request.getfixturevalue("at_once") if COMPILED else never


@pytest.fixture(scope="session")
def at_once() -> "Pace":
    """Compiles from the first bar on; made by one worker, loaded by the others."""
    from engine import simulate, speed
    from tests.builders.bars import market
    from tests.builders.worlds import random_script

    pace = speed.Pace(0, 0, str(MACHINE_CODE))
    MACHINE_CODE.mkdir(parents=True, exist_ok=True)
    with (MACHINE_CODE / "lock").open("w") as lock, pytest.MonkeyPatch.context() as patch:
        fcntl.flock(lock, fcntl.LOCK_EX)
        patch.setattr(speed, "PACE", pace)
        simulate(random_script(1), market({"IBM": [100.0, 101.0]}))
        _forget_old_machine_code()
    return pace


def _forget_old_machine_code() -> None:
    folders = [path for path in MACHINE_CODE.iterdir() if path.is_dir()]
    for path in sorted(folders, key=lambda path: path.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)


@dataclass(frozen=True)
class Postgres:
    """A server for tests: its superuser's URL, and a migrated database to copy."""

    superuser: str
    passwords: dict[str, str]
    template: str

    def execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.superuser, autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def copy(self, template: str = "") -> "Iterator[Database]":
        """A database of its own, as the template is, by default migrated and empty.

        Nobody may be connected to the template meanwhile.
        """
        from functions.store import roles

        name = f"robotplug_test_{os.getpid()}_{next(_numbers)}"
        source = template or self.template
        self.execute(f"CREATE DATABASE {name} TEMPLATE {source} OWNER {roles.OWNER}")
        urls = [
            roles.url_for(self.superuser, role=role, password=password, database=name)
            for role, password in self.passwords.items()
        ]
        superuser = roles.url_for(self.superuser, database=name)
        roles.make_database(self.superuser, name, {})
        yield Database(name, superuser, *urls)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")


_numbers = itertools.count(1)


@dataclass(frozen=True)
class Database:
    """A fresh, migrated database: superuser, owner, api and jobs are URLs."""

    name: str
    superuser: str
    owner: str
    api: str
    jobs: str

    def connect(self, role: str = "jobs", **options: Any) -> "psycopg.Connection[Any]":
        import psycopg

        return psycopg.connect(getattr(self, role), **options)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server of TEST_DATABASE_URL (superusers' URLs, one for each worker), else our own."""
    from functions.local.postgres import Server, forget_libpq_environment

    given = os.environ.get("TEST_DATABASE_URL", "").split()
    forget_libpq_environment()
    if given:
        # Some tests change roles, which all databases of a server share.
        worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        yield from _prepared(given[worker])
        return
    folder = tmp_path_factory.mktemp("postgres")
    with Server(folder / "postgres", folder / "secrets.json", durable=False) as server:
        yield from _prepared(server.url())


def _prepared(superuser: str) -> Iterator[Postgres]:
    from functions.store import migrations, roles

    # Workers may share one server, and a role has one password on it.
    secret = hashlib.sha256(superuser.encode()).hexdigest()
    passwords = dict.fromkeys((roles.OWNER, roles.API, roles.JOBS), secret)
    template = f"robotplug_template_{os.getpid()}"
    roles.make_database(superuser, template, passwords)
    owner = roles.url_for(superuser, role=roles.OWNER, password=secret, database=template)
    migrations.migrate(owner)
    server = Postgres(superuser, passwords, template)
    _greet_quickly(server)
    yield server
    server.execute(f"DROP DATABASE {template} WITH (FORCE)")


def _greet_quickly(server: Postgres) -> None:
    """Check passwords in one round where the server can: tests connect thousands of times."""
    given = server.passwords.items()
    changes = (f"ALTER ROLE {role} PASSWORD '{secret}';" for role, secret in given)
    server.execute(
        "SELECT pg_advisory_lock(hashtext('robotplug roles'));"
        "SELECT set_config(name, '1', false) FROM pg_settings WHERE name = 'scram_iterations';"
        + "".join(changes)
    )


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    """A fresh copy of the migrated database."""
    with postgres.copy() as made:
        yield made


@pytest.fixture(scope="module")
def module_database(postgres: Postgres) -> Iterator[Database]:
    """A copy that a module's tests share: filled once, then only read."""
    with postgres.copy() as made:
        yield made


@pytest.fixture
def empty_database(postgres: Postgres) -> Iterator[Database]:
    """A database with nothing in it, owned by the owner role."""
    with postgres.copy("template0") as made:
        yield made


@pytest.fixture(scope="session")
def sampled(postgres: Postgres) -> Iterator[str]:
    """A database to copy: the whole sample is in it, collected as `registered` would do."""
    from tests.builders.proved import platform_without_cloud
    from tests.builders.records import LIVE, collect_until, days

    with postgres.copy() as made:
        with platform_without_cloud(made.jobs) as platform:
            for at in (-LIVE - 1, -1):
                collect_until(platform, days()[at])
        yield made.name


@pytest.fixture
def sampled_database(postgres: Postgres, sampled: str) -> Iterator[Database]:
    """A fresh database with the whole sample in it: who collects any of it finds it there."""
    with postgres.copy(sampled) as made:
        yield made


@dataclass(frozen=True)
class Aws:
    """AWS in this process's memory: the platform's bucket and queue URLs."""

    site_bucket: str
    robot_queue_url: str
    execution_queue_url: str
    publish_queue_url: str
    s3: Any
    sqs: Any


@cache
def _clients() -> tuple[Any, Any]:
    """S3 and SQS; making them takes longer than most tests."""
    import boto3

    return boto3.client("s3"), boto3.client("sqs")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """An empty bucket and the three queues; their names stand in the environment too."""
    from moto import mock_aws

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    with mock_aws():
        s3, sqs = _clients()
        s3.create_bucket(Bucket="site")
        urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES]
        for name, value in zip(
            ("SITE_BUCKET", "ROBOT_QUEUE_URL", "EXECUTION_QUEUE_URL", "PUBLISH_QUEUE_URL"),
            ("site", *urls),
            strict=True,
        ):
            monkeypatch.setenv(name, value)
        yield Aws("site", *urls, s3, sqs)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The sample's pages and the JSON that they were built from; only to be looked at."""

    def make(folder: Path) -> None:
        from functions.services.publication.sitebuild import build
        from tests.site.published import publish

        (folder / "pages").mkdir()
        data = publish(folder / "data")
        assert build(data, folder / "pages", "all", "https://robots.example") == []

    folder = made_once(tmp_path_factory, "sample", make)
    return folder / "pages", folder / "data"


def made_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]
) -> Path:
    """A folder that the first worker to need it makes for all of them."""
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent
    folder, whole = place / name, place / f"{name} is whole"
    with (place / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            whole.touch()
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real market data for tests, kept beside the checkout and never shipped."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no market data for tests beside this checkout (shared/data)")
    return folder

"""A process dies, or is cut off, at every call of a registration, its backtest and its pages."""

import hashlib
import json
import re
from collections import Counter
from contextlib import closing

import psycopg
import pytest
from psycopg.rows import dict_row

from functions.jobs import publish_site, run_execution
from functions.services.publication import sitebuild
from functions.services.publication.upload import MANIFEST
from functions.services.record.registering import register_robot
from tests.builders.records import queued, slot_at
from tests.faults.calls import READ, counted
from tests.faults.crashing import CUTS, Crashing
from tests.faults.world import live_days, robot, world_over

OF_READS = 12
DAY = live_days(1)[0]
LATER = robot("later", strategy="buy_and_hold", parameters={})
ROWS = {
    **{
        table: f"SELECT * FROM {table}"
        for table in ("strategies", "strategy_versions", "executions", "segments", "tapes")
    },
    **{table: f"SELECT * FROM {table}" for table in ("trades", "equity_points", "decisions")},
    "performance_metrics": "SELECT execution_id, metric_name, metric_value, low, high, "
    "period_start, period_end FROM performance_metrics",
    "outbox": "SELECT kind, key, delivered_at IS NOT NULL AS delivered FROM outbox",
}
NAMES = ("id=", "slug=", "execution_id=", "sequence=", "metric_name=", "kind=", "key=", "hash=")
TIMES = {"created_at", "updated_at", "started_at", "finished_at", "metrics_time"}
SURROGATES = {"tapes.id", "decisions.id", "equity_points.id"}
CALCULATED = re.compile(r"'calculation_time': '[^']*'")
"""A backtest's figures say when it was asked for."""


def story(world):
    """A robot is registered, its backtest is run, and all pages are made."""
    at_slot = slot_at(DAY)
    world.call(lambda _event, _context: register_robot(world.platform, LATER, at_slot), {})
    world.deliver()
    for body in world.take("execution_queue_url"):
        world.call(run_execution.handler, queued(body))
    world.deliver()
    world.call(publish_site.handler, {"slugs": []})


def left(world):
    """All that the story left behind in database and bucket, piece by piece, and how often."""
    pieces = Counter()
    with psycopg.connect(world.url, row_factory=dict_row, options="-c timezone=UTC") as database:
        for name, query in ROWS.items():
            for row in database.execute(query):
                told = [
                    CALCULATED.sub("", f"{column}={value}")
                    for column, value in row.items()
                    if column not in TIMES and f"{name}.{column}" not in SURROGATES
                ]
                named = " ".join(one for one in told if one.startswith(NAMES))
                pieces.update(f"{name} {named}: {one}" for one in told)
    for key, body in world.cloud.objects().items():
        pieces[f"{key}: {'' if key.startswith('data/') else body}"] += 1
    return pieces


def assert_left(found, reference, because):
    """Nothing is lost, and nothing is there that was not to be."""
    assert (found - reference, reference - found) == (Counter(), Counter()), because


def built(published, output, dirty, _address):
    """A small site: a page for each robot, and one of all."""
    folders = sorted(path for path in (published / "robots").iterdir() if path.is_dir())
    for folder in folders:
        if dirty == "all" or folder.name in dirty:
            figures = json.loads((folder / "summary.json").read_bytes())
            page = output / "robots" / folder.name / "index.html"
            page.parent.mkdir(parents=True)
            page.write_text(f"{figures['seq']} {figures['backtest']['sessions']}")
    names = " ".join(folder.name for folder in folders)
    (output / "index.html").write_text(names)
    (output / f"{hashlib.sha256(names.encode()).hexdigest()[:8]}.css").write_text(names)
    return []


@pytest.fixture(scope="module")
def stage(module_database):
    one = robot("holding", strategy="buy_and_hold", parameters={})
    with (
        pytest.MonkeyPatch.context() as patch,
        counted() as calls,
        world_over(module_database.jobs, robots=[one]) as world,
    ):
        patch.setattr(sitebuild, "build", built)
        patch.setattr(sitebuild, "site_version", lambda: "one")
        world.play(DAY)
        with closing(Crashing(world, calls, module_database.superuser, story, left)) as crashing:
            yield crashing


def test_the_story_has_registration_backtest_and_pages(stage):
    names = {name.removesuffix(READ) for name in stage.names}
    assert {"connect", "put_object", "paginate", "send_message"} <= names
    told = list(stage.reference)
    assert any(piece.endswith("slug=later") for piece in told)
    assert sum(piece.endswith("status=finished") for piece in told) == 1
    for key in ("index.html", "robots/later/index.html", MANIFEST):
        assert any(piece.startswith(f"{key}: ") for piece in told), key
    assert not any(piece.endswith("delivered=False") for piece in told)


def test_a_process_may_die_at_any_call_beside_the_record(stage):
    for at in stage.deaths():
        told = f"died at call {at}: {stage.names[at - 1]}"
        assert_left(stage.played(at), stage.reference, told)


@pytest.mark.parametrize("mode", CUTS)
def test_any_call_beside_the_record_may_fail_and_any_answer_be_lost(stage, mode):
    for at in stage.lost(mode, OF_READS):
        told = f"{mode} call {at}: {stage.names[at - 1]}"
        assert_left(stage.played(at, mode), stage.reference, told)

"""Dirty robots become pages: all of them, once, and nothing that has not changed."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.errors import ParameterError
from functions import bootstrap
from functions.jobs.publish_site import asked_for, handler
from functions.services.platform import Platform
from functions.services.publication import pages
from functions.services.publication.catalogue import publish_catalogue
from functions.services.publication.publishing import publish_robots
from functions.services.publication.upload import MANIFEST
from tests.builders.platforms import platform_over
from tests.builders.recorded import Recorded, Recorder

THURSDAY, FRIDAY, MONDAY = date(2013, 1, 3), date(2013, 1, 4), date(2013, 1, 7)
EVENTS = Path(__file__).parents[2] / "events"
UNREADABLE = (None, "some", ["UPPER"], ["../../etc"], [1], {"a": 1}, ["x" * 61], [None], 7)
SLUGS = ("buy-and-hold", "sma-cross")


@pytest.fixture
def platform(database: Any, aws: Any, monkeypatch: Any) -> Iterator[Platform]:
    with platform_over(database, aws) as made:
        monkeypatch.setattr(bootstrap, "platform", lambda: made)
        yield made


@pytest.fixture
def recorder(database: Any) -> Iterator[Recorder]:
    with database.connect("jobs", autocommit=True) as connection:
        yield Recorder(connection)


@pytest.fixture
def robots(platform: Platform, recorder: Recorder) -> dict[str, Recorded]:
    """Two robots, published, their pages waiting; no site yet."""
    made = {slug: recorder.register(slug) for slug in SLUGS}
    publish_catalogue(platform)
    for robot in made.values():
        advance(platform, recorder, robot, THURSDAY)
    return made


def advance(platform: Platform, recorder: Recorder, robot: Recorded, day: date) -> None:
    recorder.advance(robot, day)
    publish_robots(platform, [robot.slug])
    recorder.dirty(robot)


def message(slugs: Any, id_: str = "m1") -> dict[str, Any]:
    record = json.loads((EVENTS / "sqs.json").read_text())["Records"][0]
    return {**record, "messageId": id_, "body": json.dumps({"slugs": slugs})}


def stored(platform: Platform) -> dict[str, Any]:
    pages_ = platform.s3.get_paginator("list_objects_v2").paginate(Bucket=platform.site_bucket)
    return {
        item["Key"]: (item["ETag"], item["LastModified"])
        for page in pages_
        for item in page.get("Contents", [])
        if not item["Key"].startswith("data/")
    }


def page(platform: Platform, key: str) -> str:
    body: bytes = platform.s3.get_object(Bucket=platform.site_bucket, Key=key)["Body"].read()
    return body.decode()


def waiting(recorder: Recorder) -> int:
    row = recorder.database.execute(
        "SELECT count(*) FROM outbox WHERE kind = 'page' AND delivered_at IS NULL"
    ).fetchone()
    assert row is not None
    count: int = row[0]
    return count


@pytest.mark.usefixtures("quick_site")
def test_the_first_run_builds_the_whole_site(platform, recorder, robots):
    answer = handler({"slugs": ["sma-cross"]}, None)
    assert answer["robots"] == ["all"]
    assert {"index.html", "robots/index.html", "404.html", "sitemap.xml"} <= stored(platform).keys()
    for slug in SLUGS:
        assert "2013" in page(platform, f"robots/{slug}/index.html")
    assert waiting(recorder) == 0


def test_the_site_builds_without_a_warning(platform, robots):
    assert pages.publish_pages(platform, "all").warnings == []


def test_the_same_event_again_uploads_nothing(platform, robots):
    event = {"Records": [message(list(SLUGS))]}
    assert handler(event, None) == {"batchItemFailures": []}
    before = stored(platform)
    assert handler(event, None) == {"batchItemFailures": []}
    assert stored(platform) == before
    assert handler({"slugs": "all"}, None)["written"] == 0
    assert stored(platform) == before


@pytest.mark.usefixtures("quick_site")
def test_with_nothing_dirty_nothing_is_built(platform, recorder, robots):
    handler({"slugs": []}, None)
    assert handler({"slugs": []}, None) == {
        "robots": [],
        "written": 0,
        "removed": 0,
        "unchanged": 0,
    }


@pytest.mark.usefixtures("quick_site")
def test_only_the_pages_of_dirty_robots_and_the_indexes_change(platform, recorder, robots):
    handler({"slugs": "all"}, None)
    before = stored(platform)
    advance(platform, recorder, robots["sma-cross"], FRIDAY)
    answer = handler({"Records": [message(["sma-cross"])]}, None)
    assert answer == {"batchItemFailures": []}
    changed = {key for key, value in stored(platform).items() if before.get(key) != value}
    own = {"robots/sma-cross/", "robots/sma-cross/parity/", "strategies/sma_cross/"}
    indexes = {"", "robots/", "status/", "dashboard/", "strategies/"}
    pages = {f"{page}index.{kind}" for page in own | indexes for kind in ("html", "md")}
    others = {"cards/robots/sma-cross.png", "feed.xml", "sitemap-robots.xml", MANIFEST}
    assert changed - pages <= others
    assert "robots/sma-cross/index.html" in changed
    assert before.keys() == stored(platform).keys()


@pytest.mark.usefixtures("quick_site")
def test_one_run_takes_every_robot_that_waits(platform, recorder, robots):
    handler({"slugs": "all"}, None)
    for robot in robots.values():
        advance(platform, recorder, robot, FRIDAY)
    assert handler({"slugs": ["sma-cross"]}, None)["robots"] == list(SLUGS)
    assert waiting(recorder) == 0


@pytest.mark.usefixtures("quick_site")
def test_a_failed_upload_leaves_the_robots_dirty_and_is_made_good(
    platform, recorder, robots, monkeypatch
):
    handler({"slugs": "all"}, None)
    advance(platform, recorder, robots["sma-cross"], FRIDAY)

    def broken(*_: Any, **__: Any) -> Any:
        raise ConnectionError("S3 is away")

    with monkeypatch.context() as away:
        away.setattr(pages, "upload", broken)
        with pytest.raises(ConnectionError):
            handler({"slugs": []}, None)
    assert waiting(recorder) == 1
    assert handler({"slugs": []}, None)["written"] > 0
    assert waiting(recorder) == 0


@pytest.mark.usefixtures("quick_site")
def test_what_left_the_site_leaves_the_bucket_when_all_is_built(platform, robots):
    handler({"slugs": "all"}, None)
    manifest = json.loads(page(platform, MANIFEST))
    manifest["files"]["docs/old/index.html"] = "0" * 64
    platform.s3.put_object(
        Bucket=platform.site_bucket, Key=MANIFEST, Body=json.dumps(manifest).encode()
    )
    platform.s3.put_object(Bucket=platform.site_bucket, Key="docs/old/index.html", Body=b"old")
    kept = "data/robots/sma-cross/summary.json"
    handler({"slugs": ["sma-cross"]}, None)
    assert "docs/old/index.html" in stored(platform)
    assert handler({"slugs": "all"}, None)["removed"] >= 1
    assert "docs/old/index.html" not in stored(platform)
    assert page(platform, kept)


def test_a_new_theme_reaches_every_page_with_the_first_robot(
    platform, recorder, robots, tmp_path, monkeypatch, quick_site
):
    """Pages name their assets by content: half a site in a new theme would lack half of them."""
    site = shutil.copytree(quick_site, tmp_path / "site")
    monkeypatch.setenv("SITE_FOLDER", str(site))
    handler({"slugs": "all"}, None)
    before = stored(platform).keys()
    style = next((site / "theme" / "static" / "css").glob("*.css"))
    style.write_text(style.read_text() + "\n.new { color: red }\n")
    assert handler({"slugs": ["sma-cross"]}, None)["robots"] == ["all"]
    assert any(key.endswith("style.css") for key in stored(platform).keys() - before)
    assert any(key.endswith("style.css") for key in before - stored(platform).keys())
    assert handler({"slugs": ["sma-cross"]}, None)["robots"] == ["sma-cross"]


@pytest.mark.usefixtures("quick_site")
def test_a_robot_without_documents_yet_is_not_listed(platform, recorder, robots):
    recorder.register("half-there")
    handler({"slugs": "all"}, None)
    assert "half-there" not in page(platform, "robots/index.html")


@pytest.mark.usefixtures("quick_site")
def test_a_message_that_cannot_be_read_stops_no_other(platform, robots):
    event = {"Records": [message("some", "bad"), message(["sma-cross"], "good")]}
    assert handler(event, None) == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert "robots/sma-cross/index.html" in stored(platform)


@pytest.mark.parametrize(
    "body", [None, 7, [], {}, *({"slugs": slugs} for slugs in UNREADABLE)], ids=repr
)
def test_what_cannot_be_read_says_what_is_wrong(body):
    with pytest.raises(ParameterError, match=r'must be a list of slugs or "all", was '):
        asked_for(body)


@pytest.mark.parametrize(
    ("slugs", "asked"), [("all", "all"), ([], set()), (["a-b", "c1c", "a-b"], {"a-b", "c1c"})]
)
def test_what_can_be_read_is_taken_at_its_word(slugs, asked):
    assert asked_for({"slugs": slugs}) == asked


def test_messages_that_are_no_json_are_reported(platform):
    bad = {**message([]), "body": "{"}
    assert handler({"Records": [bad]}, None)["batchItemFailures"] == [{"itemIdentifier": "m1"}]


@pytest.mark.usefixtures("quick_site")
def test_while_somebody_builds_everybody_else_waits(platform, database, recorder, robots):
    done = threading.Event()

    def run() -> None:
        handler({"slugs": "all"}, None)
        done.set()

    with database.connect("jobs", autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('publish_site', 0))")
        thread = threading.Thread(target=run)
        thread.start()
        assert not done.wait(1.0)
        assert stored(platform) == {}
    assert done.wait(60)
    thread.join()
    assert "index.html" in stored(platform)


@pytest.mark.usefixtures("quick_site")
def test_the_process_stays_as_it_was(platform, robots):
    import locale
    import logging

    before = (list(sys.path), locale.setlocale(locale.LC_ALL), logging.getLoggerClass())
    root = type(logging.getLogger())
    handler({"slugs": "all"}, None)
    assert (list(sys.path), locale.setlocale(locale.LC_ALL), logging.getLoggerClass()) == before
    assert root is type(logging.getLogger()) is logging.RootLogger


def test_neither_numpy_nor_pandas_comes_along():
    code = (
        "import sys, functions.jobs.publish_site\n"
        "heavy = {'numpy', 'pandas', 'plotly', 'talib', 'fastapi'}\n"
        "print(*sorted(heavy & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_a_site_that_is_not_there_says_where_it_was_looked_for(platform, robots, monkeypatch):
    monkeypatch.setenv("SITE_FOLDER", "/nonexistent")
    with pytest.raises(pages.sitebuild.SiteError, match=r"no pelicanconf\.py in /nonexistent"):
        handler({"slugs": "all"}, None)

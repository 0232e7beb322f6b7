"""The bucket is a copy: emptied, it comes back from PostgreSQL as it was."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

import strategies
from engine import metrics
from functions.services.platform import Platform
from functions.services.publication.catalogue import catalogue
from functions.services.publication.documents import encode
from functions.services.publication.publishing import publish_robots
from functions.services.publication.rebuild import rebuild, rebuild_leaves
from functions.store import series
from functions.store.objects import Objects
from tests.builders.platforms import platform_over
from tests.builders.recorded import Recorder

DAYS = (date(2013, 1, 3), date(2013, 1, 4), date(2013, 1, 7))


@pytest.fixture
def platform(database: Any, aws: Any) -> Iterator[Platform]:
    with platform_over(database, aws) as made:
        yield made


@pytest.fixture
def leaves(database: Any, platform: Platform) -> dict[str, str]:
    """What two public robots and a private one recorded; the public ones' leaves by hash."""
    with database.connect("jobs", autocommit=True) as connection:
        recorder = Recorder(connection)
        robots = [recorder.register(slug) for slug in ("buy-and-hold", "sma-cross")]
        private = recorder.register("secret-one", visibility="private")
        for robot in (*robots, private):
            for day in DAYS:
                recorder.advance(robot, day)
        return dict(
            connection.execute(
                "SELECT hash, leaf FROM decisions WHERE visibility = 'public'"
            ).fetchall()
        )


def bodies(platform: Platform) -> dict[str, bytes | None]:
    bucket = Objects(platform.s3, platform.site_bucket)
    return {key: bucket.get(key) for key in bucket.etags()}


def test_an_empty_bucket_becomes_what_it_was(platform, leaves):
    rebuild(platform, openapi={"openapi": "3.1.0"})
    before = bodies(platform)
    assert {
        "index.html",
        "robots/sma-cross/index.html",
        "data/robots/index.json",
        "data/robots/sma-cross/figures/equity.svg",
        "data/platform.json",
        "data/catalogue.json",
        "data/openapi.json",
    } <= before.keys()
    assert not any("secret-one" in key for key in before)
    Objects(platform.s3, platform.site_bucket).delete(before)
    rebuild(platform, openapi={"openapi": "3.1.0"})
    assert bodies(platform) == before


def test_every_public_leaf_comes_back_to_the_letter(platform, leaves, monkeypatch):
    page = series.leaf_texts
    monkeypatch.setattr(series, "leaf_texts", lambda *a, **k: page(*a, **k, limit=2))
    assert rebuild_leaves(platform) == len(leaves) == 6
    found = bodies(platform)
    assert found == {f"data/leaves/{name}.json": text.encode() for name, text in leaves.items()}
    assert rebuild_leaves(platform) == 0


@pytest.mark.usefixtures("quick_site")
def test_a_page_that_somebody_changed_is_mended(platform, leaves):
    rebuild(platform)
    platform.s3.put_object(Bucket=platform.site_bucket, Key="index.html", Body=b"defaced")
    rebuild(platform)
    assert b"defaced" not in (bodies(platform)["index.html"] or b"")


@pytest.mark.usefixtures("quick_site")
def test_a_bucket_ahead_of_the_database_becomes_what_the_database_says(platform, leaves):
    """As after PostgreSQL was restored to an earlier day: the lost future is not kept."""
    rebuild(platform, openapi={"openapi": "3.1.0"})
    before = bodies(platform)
    bucket = Objects(platform.s3, platform.site_bucket)
    lost = ("robots/sma-cross/summary.json", "robots/index.json", "platform.json", "openapi.json")
    for name in lost:
        bucket.put_newer(f"data/{name}", b"{}", 2_000_000_000, 2_000_000_000)
    wrong = f"data/leaves/{min(leaves)}.json"
    deleted = (
        *("data/robots/deleted-one/summary.json", "robots/deleted-one/index.html"),
        *("data/leaves/ab.json", "data/robots/sma-cross/figures/forgotten.svg"),
    )
    for key in (wrong, *deleted):
        bucket.put(key, b"{}")
    assert rebuild(platform, openapi={"openapi": "3.1.0"}).removed == 3
    assert bodies(platform) == before


@pytest.mark.usefixtures("quick_site")
def test_a_platform_without_robots_can_be_rebuilt(platform):
    assert rebuild(platform).leaves == 0
    assert "index.html" in bodies(platform)


def test_the_catalogue_shows_every_strategy_and_every_metric():
    document = catalogue()
    assert encode(document)
    assert [each["name"] for each in document["strategies"]] == strategies.names()
    assert {each["name"] for each in document["metrics"]} == set(metrics.names())
    for each in document["strategies"]:
        assert each["summary"]
        assert "class " in each["source"]
        for declared in each["parameters"]:
            assert declared.keys() == {"name", "type", "default", "low", "high"}
    for each in document["metrics"]:
        told = {name: value for name, value in each.items() if name not in ("interval", "examples")}
        assert all(isinstance(value, str) and value for value in told.values())
        assert all(one["code"] and one["answer"] for one in each["examples"])
        assert each["examples"]


def test_robots_are_published_again_after_the_bucket_was_emptied_under_us(platform, leaves):
    publish_robots(platform, ["sma-cross"])
    before = bodies(platform)
    Objects(platform.s3, platform.site_bucket).delete(before)
    publish_robots(platform, ["sma-cross"])
    assert bodies(platform) == before

"""What a platform does before its clock runs, and what it refuses to begin with."""

from typing import Any

import pytest

from engine.errors import RobotPlugError
from functions.local.choice import Choice
from functions.local.deployment import read
from functions.local.handlers import Handlers
from functions.local.played import Played
from functions.local.scheduler import Scheduler
from functions.local.start import Start
from functions.services.record.showcase import SHOWCASE
from tests.builders.platforms import platform_over
from tests.builders.records import collect_until, days, registered


@pytest.fixture
def platform(database, aws):
    with platform_over(database, aws) as platform:
        yield platform


def start(platform: Any, choice: Choice) -> Start:
    deployment = read()
    scheduler = Scheduler(deployment.schedules, Handlers(deployment.functions), None)  # type: ignore[arg-type]
    return Start(platform, scheduler, None, choice)  # type: ignore[arg-type]


def test_a_record_of_another_provider_is_never_continued(platform):
    assert not start(platform, Choice()).registered()
    registered(platform, SHOWCASE[0], at=-2)
    with pytest.raises(RobotPlugError, match="record in this folder is of the sample provider"):
        start(platform, Choice("yahoo")).registered()


def test_what_was_left_half_registered_is_not_taken_for_whole(platform):
    registered(platform, *SHOWCASE[1:], at=-2)
    assert not start(platform, Choice()).registered()
    registered(platform, SHOWCASE[0], at=-2)
    assert start(platform, Choice()).registered()


def test_a_session_is_collected_at_its_first_call_for_the_chosen_symbols(platform):
    start(platform, Choice(symbols=("IBM",))).collect(days()[300].session)
    found = platform.connect().execute(
        "SELECT symbol, count(*), max(seen_at) FROM market_data GROUP BY symbol"
    )
    ((symbol, bars, seen_at),) = found.fetchall()
    assert (symbol, bars) == ("IBM", 301)
    assert (seen_at - days()[300].closes).total_seconds() == 20 * 60


def test_a_clock_does_not_begin_before_what_its_folder_knows(platform):
    collect_until(platform, days()[-1])
    with pytest.raises(RobotPlugError, match=r"knows bars up to 2013-03-01, .* on 2011-03-04"):
        Played(start(platform, Choice()), pace=0).bring_up()

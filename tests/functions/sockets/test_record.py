"""From a slot that is recorded to the page that watches: nothing in between is made up."""

import pytest

from functions.services.record.batches import advance_robots
from functions.services.record.outcomes import Due
from tests.builders.fronts import Front, say, told
from tests.builders.platforms import platform_over
from tests.builders.records import collect_until, registered, slot_at, sma_robot


@pytest.fixture
def front(database):
    with Front(database.api) as opened:
        yield opened


def test_what_an_advance_records_is_pushed_as_it_stands_in_the_api(database, aws, front):
    with platform_over(database, aws, connections_url=front.connections_url) as platform:
        bench, robot = sma_robot("the-benchmark"), sma_robot(benchmark="the-benchmark")
        sessions = registered(platform, bench, robot)
        robots = sorted([bench.id, robot.id])
        with front.connect("all") as socket:
            say(socket, type="resume")
            assert told(socket)["type"] == "resumed"
            for until in (0, 29):
                collect_until(platform, sessions[until])
                advance_robots(platform, robots, Due(slot_at(sessions[until]), deadline=False))
            items = {"the-benchmark": [], "sma-cross": []}
            while min(map(len, items.values())) < 30:
                frame = told(socket, "updates")
                assert frame["data"]["first"] == len(items[frame["strategy"]]) + 1
                items[frame["strategy"]] += frame["data"]["items"]
    path = "/dashboard/strategies/sma-cross/updates?after=0&limit=500"
    _, polled = front.ask("GET", path)
    assert items["sma-cross"] == polled["items"]
    _, fills = front.ask("GET", "/trades?strategy_id=sma-cross&limit=500")
    told_fills = [trade for item in items["sma-cross"] for trade in item["trades"]]
    assert told_fills == fills["items"][::-1]
    assert told_fills
    decided = {fill["order_id"] for fill in told_fills}
    asked = {order["id"] for item in items["sma-cross"] for order in item["decision"]["orders"]}
    assert decided <= asked
    worth = [item["performance"] for item in items["sma-cross"]]
    assert [one["equity"] for one in worth] == [one["benchmark_equity"] for one in worth]

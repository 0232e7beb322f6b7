"""The API over what the jobs really wrote."""

from decimal import Decimal
from uuid import UUID

import pytest

from functions.services.answers.views import HEADLINE_METRICS
from functions.services.record.advancing import Due, advance_robot
from functions.services.record.backtesting import run_execution
from functions.store.records import read_records
from tests.builders.platforms import platform_over
from tests.builders.records import collect_until, registered, slot_at, sma_robot

SESSIONS = 45


@pytest.fixture
def robot(database, aws, client):
    """The detail of a robot after its backtest and 45 sessions of record."""
    with platform_over(database, aws) as platform:
        definition = sma_robot()
        last = registered(platform, definition)[SESSIONS - 1]
        detail = client.get("/strategies/sma-cross").json
        with database.connect("jobs") as jobs:
            (backtest,) = jobs.execute(
                "SELECT id FROM executions WHERE kind = 'backtest'"
            ).fetchone()
        run_execution(platform, UUID(str(backtest)))
        collect_until(platform, last)
        (record,) = read_records(platform.connect(), [definition.id])
        assert (
            advance_robot(platform.archive, record, Due(slot_at(last), False)).appended == SESSIONS
        )
    assert detail["executions"]["backtest"] is None
    return client.get("/strategies/sma-cross").json


def test_every_route_agrees_about_a_recorded_robot(client, robot):
    record, backtest = (robot["executions"][phase] for phase in ("record", "backtest"))
    assert (record["decision_count"], record["kind"], backtest["status"]) == (
        SESSIONS,
        "paper",
        "finished",
    )
    for run in (record, backtest):
        assert run["options"] == robot["config"]["options"]
        query = {"execution_id": run["id"]}
        fills = client.get("/trades", strategy_id="sma-cross", limit=500, **query).json
        assert fills["total"] == run["trade_count"] == len(fills["items"]) > 0
        assert {fill["phase"] for fill in fills["items"]} == {run["phase"]}
        detail = client.get(f"/trades/{fills['items'][0]['id']}").json
        assert detail["market_data_snapshot"]["session"] == detail["execution_time"][:10]
        points = client.get("/performance/sma-cross/history", **query).json["points"]
        answer = client.get("/strategies/sma-cross/performance", **query).json
        assert answer["equity"]["last"] == points[-1]["equity"]
        assert points[-1]["time"] == run["period_end"]
        first, last = Decimal(points[0]["equity"]), Decimal(points[-1]["equity"])
        growth = answer["metrics"]["total_return"]["value"]
        assert growth == pytest.approx(float(last / first - 1), abs=0.02)
        for metric in answer["metrics"].values():
            assert (metric["value"] is None) == (metric["reason"] is not None)


def test_a_months_end_of_the_record_can_be_asked_for(client, robot):
    end = robot["executions"]["record"]["period_end"]
    before = {"end_date": f"{end[:8]}01"}
    answer = client.get("/performance/sma-cross/metrics", **before).json
    assert answer["source"] == "recorded"
    assert answer["metrics"]["sharpe_ratio"]["period_end"] < end


def test_the_overview_is_as_of_the_newest_slot(client, robot):
    answer = client.get("/dashboard/overview").json
    assert answer["headline"]["as_of"] == robot["executions"]["record"]["period_end"]
    (glance,) = answer["active_strategies"]
    assert list(glance["metrics"]) == list(HEADLINE_METRICS)
    assert glance["metrics"]["total_return"]["value"] is not None
    assert {trade["phase"] for trade in answer["recent_trades"]} == {"record"}

import http.server
import json
import threading
from collections.abc import Iterator

import pytest

import strategies
from engine import metrics
from engine.errors import ParameterError, RobotPlugError
from functions.local.listing import print_strategies
from functions.local.robots import print_robot, print_robots
from tests.builders.typed import Typing

LEAGUE = {
    "v": 1,
    "as_of": "2011-03-07T21:00:00Z",
    "robots": [
        {
            "slug": "sma-cross",
            "strategy": "sma_cross",
            "head": "ab" * 32,
            "status": "drifted",
            "equity": "123456.70000000",
            "record": {"trade_count": 3, "sessions": 17},
            "verdict": {"level": "unproven"},
        }
    ],
}


SUMMARY = LEAGUE["robots"][0] | {
    "name": "[bold]Crossing[/bold]",
    "symbols": ["IBM"],
    "parameters": {"fast": 20},
    "positions": [{"symbol": "IBM", "quantity": "57.00000000"}],
    "notes": ["no costs: a real account would have earned less"],
    "as_of": "2011-03-07T21:00:00Z",
    "record": {"metrics": {"cagr": {"value": None}}},
    "backtest": {"metrics": {"sharpe_ratio": {"value": 0.5, "low": -0.1, "high": 1.1}}},
}
DOCUMENTS = {
    "/data/robots/index.json": LEAGUE,
    "/data/robots/sma-cross/summary.json": SUMMARY,
}


class Published(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path in DOCUMENTS else 404)
        self.end_headers()
        self.wfile.write(json.dumps(DOCUMENTS.get(self.path)).encode())

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def port() -> Iterator[int]:
    with http.server.HTTPServer(("127.0.0.1", 0), Published) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_robots_are_what_the_platform_has_published(port, capsys):
    print_robots(port, as_json=False)
    told = capsys.readouterr().out
    for text in (
        "2011-03-07T21:00:00Z",
        "sma-cross",
        "abababababab",
        "123,456.70",
        "17",
        "drifted",
        "unproven",
    ):
        assert text in told


def test_robots_as_json_are_the_published_document(port, capsys):
    print_robots(port, as_json=True)
    assert json.loads(capsys.readouterr().out) == LEAGUE


def test_one_robot_is_shown_with_its_intervals_and_holdings(port, capsys):
    print_robot("sma-cross", port, as_json=False)
    told = capsys.readouterr().out
    assert "sma-cross: [bold]Crossing[/bold], drifted, unproven" in told
    assert "sma_cross (fast 20) over IBM, simulated" in told
    assert "holds IBM 57" in told
    assert "no costs: a real account" in told
    assert "+0.50 (−0.10 to +1.10)" in told
    print_robot("sma-cross", port, as_json=True)
    assert json.loads(capsys.readouterr().out) == SUMMARY


def test_a_robot_that_is_not_there_has_the_nearest_beside_it(port):
    with pytest.raises(ParameterError, match="named 'sma-crss'; did you mean 'sma-cross'"):
        print_robot("sma-crss", port, as_json=False)


def test_a_robot_that_is_registered_but_not_published_yet_is_said_to_be(port, monkeypatch):
    monkeypatch.delitem(DOCUMENTS, "/data/robots/sma-cross/summary.json")
    with pytest.raises(RobotPlugError, match="sma-cross is not published yet"):
        print_robot("sma-cross", port, as_json=False)


@pytest.mark.parametrize("body", [b"[]", b"{}", b"<html>", b"\xff"])
def test_what_is_no_league_table_is_not_taken_for_one(body, port, monkeypatch):
    def answer(handler: Published) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(body)

    monkeypatch.setattr(Published, "do_GET", answer)
    with pytest.raises(RobotPlugError, match="has no robots"):
        print_robots(port, as_json=False)


def test_without_a_platform_the_way_out_is_said(port):
    with http.server.HTTPServer(("127.0.0.1", 0), Published) as free:
        nobody = free.server_port
    with pytest.raises(RobotPlugError, match=f"no platform runs at port {nobody}; start it with"):
        print_robots(nobody, as_json=False)


def test_another_server_at_the_port_is_not_taken_for_the_platform(port, monkeypatch):
    monkeypatch.setattr(Published, "do_GET", lambda self: self.send_error(404))
    with pytest.raises(RobotPlugError, match="has no robots"):
        print_robots(port, as_json=False)


def test_every_strategy_is_listed_with_its_parameters(capsys):
    print_strategies(as_json=True)
    told = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert sorted(told) == strategies.names()
    assert told["sma_cross"]["parameters"][0] == {
        "name": "fast", "type": "int", "default": 10, "low": 2, "high": 100,
    }  # fmt: skip
    print_strategies(as_json=False)
    assert "fast = 10  (2 to 100)" in capsys.readouterr().out


@pytest.mark.parametrize("name", strategies.names())
def test_one_strategy_is_shown_with_its_text(name, capsys):
    robotplug = Typing(capsys)
    assert strategies.source(name).rstrip() in robotplug("strategies", name).out
    told = json.loads(robotplug("strategies", name, "--json").out)
    assert told["source"] == strategies.source(name)
    assert {"bets_on", "fails_when", "details"} <= set(told)


@pytest.mark.parametrize("name", metrics.names())
def test_every_metric_can_be_shown(name, capsys):
    robotplug = Typing(capsys)
    metric = metrics.get(name)
    told = robotplug("metrics", name).out
    assert told.startswith(f"{name}: {metric.title}, ")
    assert metric.formula in told
    assert json.loads(robotplug("metrics", name, "--json").out)["formula"] == metric.formula


def test_the_catalogue_of_metrics_is_whole(capsys):
    robotplug = Typing(capsys)
    told = json.loads(robotplug("metrics", "--json").out)
    assert sorted(one["name"] for one in told) == metrics.names()
    shown = robotplug("metrics").out.splitlines()
    assert {line.split()[0] for line in shown} >= set(metrics.names())


def test_symbols_are_those_of_the_provider(capsys):
    robotplug = Typing(capsys)
    told = json.loads(robotplug("symbols", "--json").out)
    assert told["symbols"] == ["AAPL", "FB", "GOOG", "IBM", "MSFT"]
    assert (told["first"], told["last"], told["calendar"]) == ("2000-03-01", "2013-03-01", "XNYS")
    assert robotplug("symbols").out.splitlines()[1:] == [f"  {one}" for one in told["symbols"]]


def test_one_symbol_has_its_reach_and_its_actions(capsys):
    robotplug = Typing(capsys)
    told = json.loads(robotplug("symbols", "aapl", "--json").out)
    assert (told["symbol"], told["first"], told["last"]) == ("AAPL", "2000-03-01", "2013-03-01")
    splits = [one for one in told["actions"] if one["kind"] == "split"]
    assert [(one["ex_date"], one["value"]) for one in splits] == [
        ("2000-06-21", 2.0),
        ("2005-02-28", 2.0),
    ]
    shown = robotplug("symbols", "aapl").out
    assert "2005-02-28  split 2.0" in shown
    assert f"{len(told['actions']) - 2} dividends; --json has each" in shown

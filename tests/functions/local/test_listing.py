import http.server
import json
import threading
from collections.abc import Iterator

import pytest

import strategies
from engine.errors import RobotPlugError
from functions.local.listing import print_robots, print_strategies

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


class Published(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        there = self.path == "/data/robots/index.json"
        self.send_response(200 if there else 404)
        self.end_headers()
        self.wfile.write(json.dumps(LEAGUE).encode())

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

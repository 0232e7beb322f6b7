"""Markets on this machine, spoken to over real HTTP: Yahoo's charts, an exchange's candles.

A fault is what the server does with one request instead of answering it.
"""

import json
import math
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit


class Answer(NamedTuple):
    """An HTTP response; with pause, its bytes come one by one, so many seconds apart."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}
    pause: float = 0.0
    cut: bool = False


def in_json(document: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(document).encode(), {"Content-Type": "application/json"})


Fault = Callable[[Answer], Answer]


def too_many(retry_after: str = "0") -> Fault:
    body = b"Too Many Requests"
    return lambda _: Answer(429, body, {"Retry-After": retry_after, "Content-Type": "text/plain"})


def broken(status: int, retry_after: str | None = None) -> Fault:
    headers = {"Content-Type": "text/html"} | ({"Retry-After": retry_after} if retry_after else {})
    return lambda _: Answer(status, b"<html>sorry</html>", headers)


def truncated(answer: Answer) -> Answer:
    """Half of the JSON, as if it were all."""
    return answer._replace(body=answer.body[: len(answer.body) // 2])


def cut_off(answer: Answer) -> Answer:
    """The connection is closed in the middle of the body."""
    return answer._replace(cut=True)


def dripping(pause: float = 1.0) -> Fault:
    return lambda answer: answer._replace(pause=pause)


def nothing(_answer: Answer) -> Answer:
    """A chart without a single bar."""
    meta = {**_META, "symbol": "X", "dataGranularity": "1d"}
    result = {"meta": meta, "indicators": {"quote": [{}], "adjclose": [{}]}}
    return in_json({"chart": {"result": [result], "error": None}})


class MarketServer:
    """What it was asked (path and query), what it answers, and which faults come first."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._faults: Iterator[Fault | None] = iter(())
        self.url = ""

    def fail(self, faults: Iterable[Fault | None]) -> None:
        """Do this with the next market requests, one after the other; None answers."""
        self._faults = chain(faults)

    def respond(self, path: str, query: dict[str, str]) -> Answer:
        answer = self.answer(path, query)
        if not self.is_market(path):
            return answer
        self.asked.append((path, query))
        fault = next(self._faults, None)
        return answer if fault is None else fault(answer)

    def is_market(self, path: str) -> bool:
        raise NotImplementedError

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        raise NotImplementedError


@contextmanager
def serving(market: MarketServer) -> Iterator[MarketServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has gone
                self._send(market.respond(unquote(parts.path), query))

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if answer.cut:
                self.wfile.write(answer.body[: len(answer.body) // 2])
            elif answer.pause:
                for byte in answer.body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(answer.pause)
            else:
                self.wfile.write(answer.body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    market.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield market
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def refusing_url() -> str:
    """The address of a port of this machine at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


class Candle(NamedTuple):
    """Its first instant in seconds since 1970, and what Yahoo or an exchange says of it."""

    starts: int
    open: float
    high: float
    low: float
    close: float
    volume: float


_META: dict[str, Any] = {
    "currency": "USD",
    "instrumentType": "EQUITY",
    "exchangeTimezoneName": "America/New_York",
    "timezone": "EDT",
    "gmtoffset": -14400,
    "priceHint": 2,
    "validRanges": ["1d", "5d", "1mo", "max"],
}
_NOT_FOUND = {"code": "Not Found", "description": "No data found, symbol may be delisted"}
_TOO_OLD = {
    "code": "Unprocessable Entity",
    "description": "1m data not available; only 8 days worth of data are allowed",
}


class YahooServer(MarketServer):
    """Yahoo's chart API over charts by symbol and interval, cut to the periods asked for.

    keeps: by interval, the instant before which it refuses to look.
    """

    def __init__(self) -> None:
        super().__init__()
        self.keeps: dict[str, int] = {}
        self.charts: dict[tuple[str, str], dict[str, Any]] = {}

    def add(
        self,
        symbol: str,
        interval: str,
        candles: Iterable[Candle],
        *,
        dividends: Mapping[int, float] | None = None,
        splits: Mapping[int, float] | None = None,
        **meta: Any,
    ) -> None:
        """Serve candles as Yahoo writes them; actions by the instant of their session's bar."""
        rows = list(candles)
        quote = {
            name: [_number(getattr(row, name)) for row in rows]
            for name in ("open", "high", "low", "close", "volume")
        }
        events = {
            "dividends": {
                str(at): {"amount": v, "date": at} for at, v in (dividends or {}).items()
            },
            "splits": {
                str(at): {"date": at, "numerator": v, "denominator": 1.0, "splitRatio": f"{v}:1"}
                for at, v in (splits or {}).items()
            },
        }
        indicators: dict[str, Any] = {"quote": [quote]}
        if interval == "1d":
            indicators["adjclose"] = [{"adjclose": quote["close"]}]
        self.charts[symbol, interval] = {
            "meta": {**_META, "symbol": symbol, "dataGranularity": interval, **meta},
            "timestamp": [row.starts for row in rows],
            "events": {name: told for name, told in events.items() if told},
            "indicators": indicators,
        }

    def is_market(self, path: str) -> bool:
        return path.startswith("/v8/finance/chart/")

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        if path == "/v1/test/getcrumb":
            return Answer(200, b"crumb", {"Content-Type": "text/plain"})
        if not self.is_market(path):
            return Answer(404, b"")
        symbol = path.rsplit("/", 1)[1]
        chart = self.charts.get((symbol, query["interval"]))
        if chart is None:
            return in_json({"chart": {"result": None, "error": _NOT_FOUND}}, 404)
        first, last = int(query.get("period1", 2**40)), int(query.get("period2", 2**40))
        if first < self.keeps.get(query["interval"], first):
            return in_json({"chart": {"result": None, "error": _TOO_OLD}}, 422)
        return in_json({"chart": {"result": [_cut(chart, first, last)], "error": None}})


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def _cut(chart: Mapping[str, Any], first: int, last: int) -> dict[str, Any]:
    kept = [number for number, at in enumerate(chart["timestamp"]) if first <= at < last]

    def rows(column: list[Any]) -> list[Any]:
        return [column[number] for number in kept]

    indicators = {
        kind: [{name: rows(column) for name, column in table[0].items()}]
        for kind, table in chart["indicators"].items()
    }
    events = {
        kind: {at: event for at, event in told.items() if first <= event["date"] < last}
        for kind, told in chart.get("events", {}).items()
    }
    timestamps = rows(chart["timestamp"])
    return {**chart, "timestamp": timestamps, "events": events, "indicators": indicators}


class BitstampServer(MarketServer):
    """Bitstamp's markets and candles, a page at a time, as ccxt asks for them."""

    def __init__(self) -> None:
        super().__init__()
        self.candles: dict[tuple[str, int], list[Candle]] = {}

    def add(self, symbol: str, step: int, candles: Iterable[Candle]) -> None:
        self.candles[symbol, step] = list(candles)

    def is_market(self, path: str) -> bool:
        return "/ohlc/" in path

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        markets = {symbol.replace("/", "").lower(): symbol for symbol, _ in self.candles}
        if not self.is_market(path):
            return in_json([_market(name, symbol) for name, symbol in markets.items()])
        pair, step = path.strip("/").rsplit("/", 1)[1], int(query["step"])
        first, last = int(query["start"]), int(query["end"])
        rows = self.candles.get((markets[pair], step), [])
        told = [row for row in rows if first <= row.starts <= last][: int(query["limit"])]
        ohlc = [
            {**{name: str(value) for name, value in row._asdict().items()}, "timestamp": row.starts}
            for row in told
        ]
        return in_json({"data": {"pair": markets[pair], "ohlc": ohlc}})


def _market(name: str, symbol: str) -> dict[str, Any]:
    base, quote = symbol.split("/")
    return {
        "name": symbol,
        "market_symbol": name,
        "base_currency": base,
        "base_decimals": 8,
        "counter_currency": quote,
        "counter_decimals": 2,
        "minimum_order_value": "10",
        "trading": "Enabled",
        "instant_order_counter_decimals": 2,
        "instant_and_market_orders": "Enabled",
        "description": f"{base} / {quote}",
        "market_type": "SPOT",
    }

"""A folder of published robots as the platform writes it, from seeded random walks."""

import hashlib
import json
import math
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import rfc8785

from engine.metrics import catalogue, measure
from functions.charts import charts

BACKTEST, RECORD = 2_000, 500
CASH = 100_000.0
SYMBOLS = {"AAPL": 430.0, "MSFT": 27.0, "IBM": 200.0, "GOOG": 800.0, "FB": 27.0}
LEAF_PREFIX = b"\x00"
ROBOTS = [
    ("buy-and-hold", "Buy and hold", "Buys equal parts of every symbol once and keeps them.", {}),
    ("channel-breakout", "Channel breakout", "Buys a new high, leaves when a trailing stop is hit.",
     {"entry": 55, "stop": 20}),
    ("momentum-rotation", "Momentum rotation", "Holds the two that rose most in half a year.",
     {"hold": 2, "window": 126}),
    ("rsi-reversion", "RSI reversion", "Buys what fell too fast, sells it when it has recovered.",
     {"high": 55, "low": 30, "window": 14}),
    ("sma-cross", "Moving-average cross", "Holds what is above its own slow average.",
     {"fast": 10, "slow": 30}),
    ("volatility-target", "Volatility target", "Holds less of a symbol the more it swings.",
     {"target": 0.15, "window": 21}),
]  # fmt: skip


def weekdays(first: date, count: int) -> list[str]:
    days = (first + timedelta(days=offset) for offset in range(count * 2))
    return [day.isoformat() for day in days if day.weekday() < 5][:count]


SESSIONS = weekdays(date(2003, 6, 2), BACKTEST + RECORD)


def publish(folder: Path, *, sessions: int = RECORD, ended: bool = False, robots: int = 6) -> Path:
    """Write everything the site reads; `sessions` is how long the records are by now."""
    summaries = []
    bench = _walk(Random("benchmark"), 0.0005, 0.013)
    for number in range(robots):
        slug, name, description, parameters = ROBOTS[number % 6]
        slug = slug if number < 6 else f"{slug}-{number}"
        summary = _publish_robot(folder, slug, name, description, parameters, sessions, bench)
        summaries.append(summary)
    as_of = f"{SESSIONS[BACKTEST + sessions - 1]}T21:00:00Z"
    summaries.sort(key=lambda summary: summary["slug"])
    write(folder / "robots/index.json", {"v": 1, "as_of": as_of, "robots": summaries})
    write(folder / "platform.json", platform(sessions, ended=ended))
    write(folder / "catalogue.json", _catalogue())
    return folder


def platform(sessions: int, *, ended: bool = False) -> dict[str, Any]:
    session = SESSIONS[BACKTEST + sessions - 1]
    return {
        "v": 1,
        "as_of": f"{session}T21:00:00Z",
        "session": session,
        "source": "sample",
        "source_first": SESSIONS[0],
        "source_last": SESSIONS[-1],
        "ended": ended,
        "live_from": SESSIONS[BACKTEST],
        "message": f"The sample data ends with {SESSIONS[-1]}." if ended else "",
    }


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, allow_nan=False), encoding="utf-8")


def _walk(random: Random, drift: float, swing: float) -> list[float]:
    value, curve = CASH, []
    for _ in range(BACKTEST + RECORD):
        value *= 1 + drift + swing * random.gauss(0, 1) * (2.2 if random.random() < 0.03 else 0.85)
        curve.append(round(value, 2))
    return curve


def _curve_of(slug: str, bench: list[float]) -> list[float]:
    if slug == "buy-and-hold":
        return bench
    random = Random(slug)
    share, drift = random.uniform(0.3, 0.9), random.uniform(-0.00015, 0.0003)
    value, curve = CASH, []
    for before, now in pairwise([CASH, *bench]):
        value *= 1 + share * (now / before - 1) + drift + 0.004 * random.gauss(0, 1)
        curve.append(round(value, 2))
    return curve


def _begun_anew(curve: list[float]) -> list[float]:
    """The record is an account of its own: it begins with the same cash."""
    ratio = CASH / curve[BACKTEST - 1]
    return curve[:BACKTEST] + [round(value * ratio, 2) for value in curve[BACKTEST:]]


def _publish_robot(
    folder: Path, slug: str, name: str, description: str, parameters: dict[str, Any],
    sessions: int, bench: list[float],
) -> dict[str, Any]:  # fmt: skip
    until = BACKTEST + sessions
    curve = _begun_anew(_curve_of(slug, bench)[:until])
    trades = _trades(slug, sessions)
    leaves = _leaves(folder, slug, sessions)
    benchmark = None if slug == "buy-and-hold" else "buy-and-hold"
    equity = {
        "v": 1,
        "slug": slug,
        "seq": sessions,
        "backtest": _stretch(curve, bench, 0, BACKTEST, benchmark),
        "record": _stretch(curve, bench, BACKTEST, until, benchmark),
    }
    prices = {symbol: price for symbol, price in SYMBOLS.items() if symbol in ("AAPL", "IBM")}
    shares = {symbol: int(curve[-1] * 0.35 / price) for symbol, price in prices.items()}
    held = sum(shares[symbol] * price for symbol, price in prices.items())
    summary = {
        "v": 1,
        "slug": slug,
        "name": name,
        "description": description,
        "strategy": slug.replace("-", "_"),
        "parameters": parameters,
        "symbols": list(SYMBOLS),
        "calendar": "XNYS",
        "bar": "1d",
        "cash": "100000.00000000",
        "options": {"commission_bps": 5.0, "slippage_bps": 5.0, "lot_size": 1.0,
                    "cash_buffer": 0.0, "min_trade": 0.0},
        "benchmark": benchmark,
        "registered_at": f"{SESSIONS[BACKTEST - 1]}T21:00:00Z",
        "as_of": f"{SESSIONS[until - 1]}T21:00:00Z",
        "seq": sessions,
        "slot": f"XNYS/1d/{SESSIONS[until - 1]}T21:00:00Z",
        "head": leaves[-1]["hash"] if leaves else None,
        "status": "active",
        "equity": money(curve[-1]),
        "cash_now": money(curve[-1] - held),
        "positions": [
            {"symbol": symbol, "quantity": money(shares[symbol]), "price": money(price),
             "value": money(shares[symbol] * price), "weight": shares[symbol] * price / curve[-1]}
            for symbol, price in prices.items()
        ],
        "backtest": _period(slug, equity["backtest"], CASH, trades, "backtest"),
        "record": _period(slug, equity["record"], CASH, trades, "record"),
        "verdict": {
            "level": "unproven",
            "text": "The record is too short to tell this result from luck.",
        },
    }  # fmt: skip
    place = folder / "robots" / slug
    write(place / "summary.json", summary | {"recent_trades": trades[-10:][::-1]})
    write(place / "equity.json", equity)
    all_trades = {"v": 1, "slug": slug, "seq": sessions, "items": trades}
    write(place / "trades.json", all_trades)
    record = {"v": 1, "slug": slug, "seq": sessions, "head": summary["head"], "leaves": leaves}
    write(place / "record.json", record)
    for figure, chart in charts(summary, equity, all_trades).items():
        write(place / f"figures/{figure}.json", chart.figure)
        (place / f"figures/{figure}.svg").write_text(chart.svg, encoding="utf-8")
    return summary


def money(value: float) -> str:
    return f"{value:.8f}"


def _stretch(curve: list[float], bench: list[float], start: int, stop: int, benchmark: str | None):
    opening = CASH / bench[start - 1] if start else 1.0
    rebased = [round(value * opening, 2) for value in bench[start:stop]]
    return {
        "sessions": SESSIONS[start:stop],
        "equity": curve[start:stop],
        "benchmark": rebased if benchmark else None,
    }


def _period(slug: str, stretch: dict, start_equity: float, trades: list, phase: str) -> dict:
    sessions = stretch["sessions"]
    pnl = [float(t["pnl"]) for t in trades if t["phase"] == phase and t["pnl"]]
    estimates = measure(
        equity=np.array(stretch["equity"]),
        start_equity=start_equity,
        sessions=np.array(sessions, dtype="datetime64[D]"),
        periods_per_year=252.0,
        benchmark=None if stretch["benchmark"] is None else np.array(stretch["benchmark"]),
        round_trips=[SimpleNamespace(net_pnl=int(one * 1e8), days_held=21.0) for one in pnl],
    )
    return {
        "execution_id": str(uuid5(NAMESPACE_URL, f"{slug}/{phase}")),
        "start": sessions[0] if sessions else None,
        "end": sessions[-1] if sessions else None,
        "sessions": len(sessions),
        "trade_count": sum(trade["phase"] == phase for trade in trades),
        "metrics": {name: _finite(vars(estimate)) for name, estimate in estimates.items()},
    }


def _finite(estimate: dict[str, Any]) -> dict[str, Any]:
    assert all(not isinstance(one, float) or math.isfinite(one) for one in estimate.values())
    return dict(estimate)


def _trades(slug: str, sessions: int) -> list[dict[str, Any]]:
    random, trades = Random(f"{slug} trades"), []
    step = random.randint(9, 21)
    for number, row in enumerate(range(30, BACKTEST + RECORD, step)):
        symbol = random.choice(list(SYMBOLS))
        price = SYMBOLS[symbol] * random.uniform(0.6, 1.1)
        quantity, side = random.randint(10, 300), ("buy", "sell")[number % 2]
        result = money(random.gauss(120, 900)) if side == "sell" else None
        phase = "backtest" if row < BACKTEST else "record"
        trade = {
            "id": str(uuid5(NAMESPACE_URL, f"{slug}/{number}")),
            "time": f"{SESSIONS[row]}T14:30:00Z",
            "session": SESSIONS[row],
            "phase": phase,
            "symbol": symbol,
            "side": side,
            "quantity": money(quantity),
            "price": money(price),
            "commission": money(quantity * price * 0.0005),
            "slippage": money(quantity * price * 0.0005),
            "pnl": result,
        }
        if row < BACKTEST + sessions:
            trades.append(trade)
    return trades


def _leaves(folder: Path, slug: str, sessions: int) -> list[dict[str, Any]]:
    leaves, prev = [], "0" * 64
    for seq, session in enumerate(SESSIONS[BACKTEST : BACKTEST + sessions], start=1):
        slot = f"XNYS/1d/{session}T21:00:00Z"
        leaf = rfc8785.dumps({"v": 1, "robot": slug, "seq": seq, "slot": slot, "prev": prev})
        prev = hashlib.sha256(LEAF_PREFIX + leaf).hexdigest()
        leaves.append({"seq": seq, "slot": slot, "hash": prev})
        path = folder / f"leaves/{prev}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(leaf)
    return leaves


def _catalogue() -> dict[str, Any]:
    fields = ("name", "title", "unit", "group", "better", "formula", "summary")
    metrics = [{field: getattr(each, field) for field in fields} for each in catalogue().values()]
    return {"strategies": [], "metrics": metrics}

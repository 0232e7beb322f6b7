"""A folder of published robots as the platform writes it, from seeded random walks."""

import hashlib
import json
import math
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import rfc8785

from engine.metrics import measure
from functions.api import app as api
from functions.charts import charts
from functions.charts.card import card
from functions.services.publication.catalogue import catalogue
from functions.services.publication.health import health
from functions.services.publication.parities import parities
from functions.services.publication.parity import NOTHING, checks_of
from functions.store.health import HealthRow
from functions.store.parity import (
    AdvanceRow,
    DriftedRow,
    ParityRows,
    RangeRow,
    RestatedRow,
    SegmentRow,
    SkipRow,
    TotalsRow,
)

BACKTEST, RECORD = 2_000, 500
CASH = 100_000.0
LISTED = {"FB": "2012-05-18"}
SYMBOLS = {"AAPL": 430.0, "MSFT": 27.0, "IBM": 200.0, "GOOG": 800.0, "FB": 27.0}
LEDGER = '…"positions":{{"IBM":{{"cost":"19034.10000000","quantity":"97.00000000"}}}},"cash":"{}"}}'
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
    return [day.isoformat() for day in days if day.weekday() < 5 and not _is_holiday(day)][:count]


def _is_holiday(day: date) -> bool:
    return (day.month, day.day) in ((1, 1), (7, 4), (12, 25))


SESSIONS = weekdays(date(2003, 5, 5), BACKTEST + RECORD)


def publish(folder: Path, *, sessions: int = RECORD, ended: bool = False, robots: int = 6) -> Path:
    """Write everything the site reads; `sessions` is how long the records are by now."""
    summaries, parities_ = [], []
    bench = _walk(Random("benchmark"), 0.0005, 0.013)
    for number in range(robots):
        slug, name, description, parameters = ROBOTS[number % 6]
        slug = slug if number < 6 else f"{slug}-{number}"
        summary = _publish_robot(folder, slug, name, description, parameters, sessions, bench)
        summaries.append(summary)
        parities_.append(_publish_parity(folder, slug, name, sessions))
    as_of = f"{SESSIONS[BACKTEST + sessions - 1]}T21:00:00Z"
    summaries.sort(key=lambda summary: summary["slug"])
    write(folder / "robots/index.json", {"v": 1, "as_of": as_of, "robots": summaries})
    write(folder / "platform.json", platform(sessions, ended=ended))
    write(folder / "catalogue.json", catalogue())
    write(folder / "openapi.json", api.description())
    write(folder / "parity.json", parities(parities_))
    write(folder / "health.json", health(_series(sessions)))
    return folder


def _publish_parity(folder: Path, slug: str, name: str, sessions: int) -> dict[str, Any]:
    """Write how a robot was checked: all but one always came out again."""
    until = f"{SESSIONS[BACKTEST + sessions - 1]}T21:00:00Z"
    told = {"v": 1, "slug": slug, "seq": sessions, "name": name, "as_of": until}
    told |= checks_of(_checks(slug, sessions)) if sessions else NOTHING
    write(folder / f"robots/{slug}/parity.json", told)
    return told


def _checks(slug: str, sessions: int) -> ParityRows:
    run = uuid5(NAMESPACE_URL, f"{slug}/record")
    troubled = slug == "rsi-reversion" and sessions > 40
    advances = [
        AdvanceRow(run, seq, slot_at(seq), 1, seq - 1, written_at(seq))
        for seq in range(sessions, max(0, sessions - 20), -1)
    ]
    drift = DriftedRow(run, 40, slot_at(40), "data", written_at(41),
                       LEDGER.format("1200.00000000"), LEDGER.format("1300.00000000"))  # fmt: skip
    skips = [
        SkipRow(run, slot_at(30), "waiting", "IBM has no bar yet", 3, written_at(30), True),
        SkipRow(run, slot_at(41), "drifted", "a bar of IBM was changed", 1, written_at(41), False),
    ]
    restated = RestatedRow(run, "IBM", "1d", datetime(2012, 5, 1, tzinfo=UTC), 1, 2, written_at(9),
                           "the provider restated it: close was 205.1")  # fmt: skip
    totals = TotalsRow(
        run, "drifted" if troubled else "running", sessions, sessions,
        sessions * (sessions - 1) // 2, max(sessions - 1, 0), 3 * troubled, int(troubled),
        2 * troubled, int(troubled), written_at(sessions),
    )  # fmt: skip
    return ParityRows(
        totals,
        advances,
        [RangeRow(run, slot_at(30), slot_at(32), 3)] * troubled,
        [drift] * troubled,
        skips * troubled,
        [restated] * troubled,
        [SegmentRow(run, 1, 1, "registered", "1")],
    )


def slot_at(seq: int) -> str:
    return f"XNYS/1d/{SESSIONS[BACKTEST + seq - 1]}T21:00:00Z"


def written_at(seq: int) -> datetime:
    return datetime.fromisoformat(f"{SESSIONS[BACKTEST + seq - 1]}T21:02:03Z")


def _series(sessions: int) -> list[HealthRow]:
    """Five whole series, and one of a market around the clock that is not."""
    first, last = (
        datetime.fromisoformat(f"{SESSIONS[at]}T00:00:00Z")
        for at in (0, BACKTEST + max(sessions, 1) - 1)
    )
    bars, seen = BACKTEST + sessions, written_at(max(sessions, 1))
    whole = [
        HealthRow(symbol, "sample", "1d", "XNYS", first, last, bars, bars, 0, [], None, seen, 0, [])
        for symbol in sorted(SYMBOLS)
    ]
    gap = ["2012-01-03T05:00:00Z", "2012-01-03T08:00:00Z", 4]
    refused = [["low and high do not hold open and close", 2], ["a price is missing", 1]]
    silent = "kraken did not answer: 429, asks to wait 30 s"
    holed = HealthRow("BTC/USD", "crypto", "1h", "24/7", first, last, 43_996, 44_000, 2, [gap],
                      silent, seen, 7, refused)  # fmt: skip
    return [*whole, holed]


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
        "notes": [],
        "benchmark": benchmark,
        "registered_at": f"{SESSIONS[BACKTEST - 1]}T21:00:00Z",
        "as_of": f"{SESSIONS[until - 1]}T21:00:00Z",
        "seq": sessions,
        "slot": f"XNYS/1d/{SESSIONS[until - 1]}T21:00:00Z" if leaves else None,
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
    all_trades = {"v": 1, "slug": slug, "seq": sessions, "items": trades, "actions": _actions()}
    write(place / "trades.json", all_trades)
    record = {"v": 1, "slug": slug, "seq": sessions, "head": summary["head"], "leaves": leaves}
    write(place / "record.json", record)
    for figure, chart in charts(summary, equity, all_trades).items():
        write(place / f"figures/{figure}.json", chart.figure)
        (place / f"figures/{figure}.svg").write_text(chart.svg, encoding="utf-8")
    (place / "figures/card.svg").write_text(card(equity), encoding="utf-8")
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
        round_trips=[
            SimpleNamespace(
                net_pnl=int(one * 1e8), days_held=21.0, mae_return=-0.03, mfe_return=0.05
            )
            for one in pnl
        ],
        fills=[_filled(trade) for trade in trades if trade["phase"] == phase],
    )
    return {
        "execution_id": str(uuid5(NAMESPACE_URL, f"{slug}/{phase}")),
        "start": sessions[0] if sessions else None,
        "end": sessions[-1] if sessions else None,
        "sessions": len(sessions),
        "trade_count": sum(trade["phase"] == phase for trade in trades),
        "metrics": {name: _finite(vars(estimate)) for name, estimate in estimates.items()},
    }


def _filled(trade: dict[str, Any]) -> SimpleNamespace:
    names = ("quantity", "price", "commission", "slippage")
    return SimpleNamespace(**{name: round(float(trade[name]) * 1e8) for name in names})


def _finite(estimate: dict[str, Any]) -> dict[str, Any]:
    assert all(not isinstance(one, float) or math.isfinite(one) for one in estimate.values())
    return dict(estimate)


def _trades(slug: str, sessions: int) -> list[dict[str, Any]]:
    random, trades = Random(f"{slug} trades"), []
    step = random.randint(9, 21) if slug != "buy-and-hold" else BACKTEST  # it buys once in each
    for number, row in enumerate(range(30, BACKTEST + RECORD, step)):
        listed = [each for each in SYMBOLS if SESSIONS[row] >= LISTED.get(each, "")]
        symbol = random.choice(listed)
        price = SYMBOLS[symbol] * random.uniform(0.6, 1.1)
        quantity, side = (
            random.randint(10, 300),
            ("buy", "sell")[number % 2 if slug != "buy-and-hold" else 0],
        )
        result = money(random.gauss(120, 900)) if side == "sell" else None
        phase = "backtest" if row < BACKTEST else "record"
        trade = {
            "id": str(uuid5(NAMESPACE_URL, f"{slug}/{number}")),
            "time": f"{SESSIONS[row]}T14:30:00Z",
            "session": SESSIONS[row],
            "phase": phase,
            "kind": "fill",
            "symbol": symbol,
            "side": side,
            "action": side,
            "reason": "limit" if number % 7 == 6 else None,
            "quantity": money(quantity),
            "price": money(price),
            "commission": money(quantity * price * 0.0005),
            "slippage": money(quantity * price * 0.0005),
            "pnl": result,
        }
        if row < BACKTEST + sessions:
            trades.append(trade)
    return trades


def _actions() -> list[dict[str, Any]]:
    paid = {"symbol": "IBM", "kind": "dividend", "value": "0.85000000", "late": False}
    split = {"symbol": "AAPL", "kind": "split", "value": "2.00000000", "late": True}
    told = [
        ("backtest", BACKTEST - 40, "0.00000000", [split]),
        ("record", BACKTEST, "82.45", [paid]),
    ]
    return [
        {
            "session": SESSIONS[row],
            "phase": phase,
            "cash": cash,
            "actions": [action | {"ex_date": SESSIONS[row]} for action in actions],
        }
        for phase, row, cash, actions in told
    ]


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

"""What changed an account beyond its trades: its recorded cash, less what they explain."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from engine import Options
from engine.instruments import Instrument
from engine.money import UNIT, value_of
from functions.services.publication.documents import Document, History, Phase, Standing, money
from functions.store.series import CurveRow, TradeRow
from functions.store.told import ToldRow

SPLIT, DELISTING = "split", "delisting"
INTEREST = {"symbol": "", "kind": "interest", "value": None, "ex_date": None, "late": False}
"""Of an account that pays for what it borrows: its cash changes at each close."""


class Booked(NamedTuple):
    """An action on the tape, at the session whose open books it; late: after its ex-date."""

    session: str
    told: ToldRow
    late: bool


def actions_of(standing: Standing, history: History) -> list[Document]:
    """Return the sessions at which actions changed an account of either phase, oldest first.

    cash: what the session's actions brought, exactly: with the opening cash and all trades it
    adds up to the cash that is recorded.
    """
    return [
        item | {"phase": phase}
        for phase in ("backtest", "record")
        if phase in history.curves
        for item in _changed(standing, history, phase)
    ]


def _changed(standing: Standing, history: History, phase: Phase) -> Iterator[Document]:
    curve, trades = history.curves[phase], history.trades.get(phase, ())
    options = Options.from_dict(standing.robot.config["options"])
    cash = _unexplained(curve, trades, Decimal(standing.robot.config["cash"]), options)
    booked = _effective(_booked(history.told, curve), trades, options)
    interest = [INTEREST] if options.costs.borrow_rate or options.costs.debit_rate else []
    for session in dict.fromkeys(curve.sessions):
        actions = booked.get(session, [])
        if cash.get(session) or any(each.told.kind == SPLIT for each in actions):
            told = [*(_action(each) for each in actions), *interest]
            yield {"session": session, "cash": money(cash[session]), "actions": told}


def _unexplained(
    curve: CurveRow, trades: Sequence[TradeRow], opening: Decimal, options: Options
) -> Mapping[str, Decimal]:
    """Return by session how the cash changed beyond what was bought and sold."""
    traded: dict[str, int] = defaultdict(int)
    for trade in trades:
        traded[trade.session or ""] += _cash_of(trade, options.instrument(trade.symbol))
    found, before = {}, opening
    for session, after in dict(zip(curve.sessions, curve.cash, strict=True)).items():
        found[session] = after - before - Decimal(traded[session]) / UNIT
        before = after
    return found


def _cash_of(trade: TradeRow, instrument: Instrument) -> int:
    """In units, rounded as the engine does."""
    value = value_of(_units(trade.quantity), _units(trade.price), instrument.multiplier)
    return (value if trade.side == "sell" else -value) - _units(trade.commission)


def _units(amount: Decimal) -> int:
    return int(amount * UNIT)


def _booked(told: Sequence[ToldRow], curve: CurveRow) -> dict[str, list[Booked]]:
    """A day without a session is booked at the next; what came late, when it was learnt."""
    sessions, found = list(dict.fromkeys(curve.sessions)), defaultdict(list)
    for each in told:
        seen = _seen(each)
        row = bisect_left(sessions, max(each.ex_date, seen))
        if row < len(sessions):
            late = bool(seen) and seen > each.ex_date
            found[sessions[row]].append(Booked(sessions[row], each, late))
    return found


def _seen(told: ToldRow) -> str:
    """Return when an action was learnt of that was due before, else nothing."""
    if told.begun and told.ex_date <= told.earliest:
        return str(date.fromisoformat(told.earliest) + timedelta(days=1))
    return told.earliest if told.ex_date < told.earliest else ""


def _effective(
    booked: Mapping[str, Sequence[Booked]], trades: Sequence[TradeRow], options: Options
) -> dict[str, list[Booked]]:
    """Return the actions of shares that were held then, a delisting told by its trade apart."""
    held: dict[str, int] = defaultdict(int)
    by_session: dict[str, list[TradeRow]] = defaultdict(list)
    for trade in trades:
        by_session[trade.session or ""].append(trade)
    found: dict[str, list[Booked]] = {}
    for session in sorted({*booked, *by_session}):
        due = [each for each in booked.get(session, ()) if each.told.kind != DELISTING]
        found[session] = [each for each in due if held[each.told.symbol]]
        for each in found[session]:
            if each.told.kind == SPLIT and each.told.value is not None:
                units = round(held[each.told.symbol] * float(each.told.value))
                lot = round(options.lot_of(each.told.symbol) * UNIT)
                left_over = abs(units) % lot
                held[each.told.symbol] = units - (left_over if units > 0 else -left_over)
        for trade in by_session[session]:
            held[trade.symbol] += _units(trade.quantity) * (1 if trade.side == "buy" else -1)
    return found


def _action(booked: Booked) -> Document:
    told = booked.told
    return {
        "symbol": told.symbol,
        "kind": told.kind,
        "value": None if told.value is None else money(told.value),
        "ex_date": told.ex_date,
        "late": booked.late,
    }

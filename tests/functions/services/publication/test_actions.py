"""Opening cash, all trades and all actions add up to the cash that is recorded."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest

from engine import Action, Costs, Market, Options, Strategy, simulate
from engine.decisions import Weights
from engine.instruments import Instrument
from engine.money import UNIT, value_of
from engine.run import Run
from functions.services.publication.actions import actions_of
from functions.services.publication.documents import History, Standing, trades_of
from functions.store.publication import RobotRow
from functions.store.series import CurveRow, TradeRow
from functions.store.told import ToldRow
from strategies.buy_and_hold import BuyAndHold
from tests.builders.bars import random_market, sessions

RUN = UUID(int=7)
CASH = "100000.00000000"
DAYS = [day.item() for day in sessions(300)]
SYMBOLS = ("AAPL", "IBM", "MSFT")
ACTIONS = [
    Action("IBM", DAYS[40], "split", 1.5),
    Action("AAPL", DAYS[60], "dividend", 0.37),
    Action("IBM", DAYS[60], "dividend", 0.55),
    Action("MSFT", DAYS[90], "split", 1 / 3),
    Action("MSFT", DAYS[90], "dividend", 0.11),
    Action("IBM", DAYS[130], "dividend", 1.25, DAYS[133]),
    Action("AAPL", DAYS[150], "split", 7.0, DAYS[152]),
    Action("IBM", DAYS[250], "delisting", 12.5),
]
LOTS = [1.0, 0.01]
BORROWING = Options(
    Costs(borrow_rate=0.03, debit_rate=0.06),
    leverage=3,
    instruments={"AAPL": Instrument(lot_size=0.1, multiplier=2.5)},
)


class LongAndShort(Strategy):
    """Short of one symbol, long of the others with borrowed money."""

    def targets(self, market: Market) -> Weights:
        return np.tile([-0.4, 0.9, -0.3], (len(market.sessions), 1))


def played(lot: float, actions: Sequence[Action] = tuple(ACTIONS)) -> Run:
    market = random_market(gaps=0.0, actions=actions)
    return simulate(BuyAndHold(), market, options=Options(lot_size=lot))


def standing(lot: float) -> Standing:
    return standing_with({"lot_size": lot})


def standing_with(options: dict[str, Any]) -> Standing:
    config = {"cash": CASH, "symbols": list(SYMBOLS), "options": options}
    row = RobotRow(uuid4(), "a-robot", "A", None, "builtin:x", config, None, "active")
    return Standing(row, {}, None, {})


def amount(units: int) -> Decimal:
    return Decimal(int(units)) / UNIT


def recorded(run: Run, actions: Sequence[Action] = tuple(ACTIONS)) -> History:
    """The run as rows of a record whose tape told each action when it was seen."""
    trades = [
        TradeRow(RUN, uuid4(), None, fill.session.isoformat(), fill.symbol, fill.side,  # type: ignore[arg-type]
                 amount(fill.quantity), Decimal(str(round(fill.price, 8))),
                 amount(fill.commission), amount(fill.slippage), None,
                 fill.order_id, fill.reason)
        for fill in run.fills
    ]  # fmt: skip
    curve = CurveRow(
        RUN,
        [str(day) for day in run.sessions],
        run.equity.tolist(),
        [amount(units) for units in run.cash_units],
    )
    told = [
        ToldRow(RUN, each.symbol, str(each.ex_date), each.kind, Decimal(str(each.value)),
                str(each.seen or each.ex_date), False)
        for each in actions
    ]  # fmt: skip
    return History({"record": curve}, {}, {"record": trades}, [], None, told)


def booked_by_the_engine(run: Run) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for event in run.events:
        if event.kind in ("dividend", "cash in lieu"):
            found[event.session.isoformat()] += event.cash
    return {session: cash for session, cash in found.items() if cash}


@pytest.mark.parametrize("lot", LOTS)
def test_what_no_trade_explains_is_what_the_engine_booked(lot):
    run = played(lot)
    found = actions_of(standing(lot), recorded(run))
    told = {each["session"]: Decimal(each["cash"]) for each in found}
    expected = {session: amount(cash) for session, cash in booked_by_the_engine(run).items()}
    assert {session: cash for session, cash in told.items() if cash} == expected
    assert len(expected) >= 3


@pytest.mark.parametrize("lot", LOTS)
def test_cash_can_be_worked_out_from_what_is_published(lot):
    run = played(lot)
    history = recorded(run)
    cash = Decimal(CASH)
    for trade in history.trades["record"]:
        value = (trade.quantity * trade.price).quantize(Decimal("1e-8"))
        cash += (value if trade.side == "sell" else -value) - trade.commission
    cash += sum(Decimal(each["cash"]) for each in actions_of(standing(lot), history))
    assert cash == amount(run.cash_units[-1])


def test_interest_and_short_positions_add_up_too():
    market = random_market(gaps=0.0, actions=tuple(ACTIONS))
    run = simulate(LongAndShort(), market, options=BORROWING)
    history, cash = recorded(run), Decimal(CASH)
    assert {fill.side for fill in run.fills} == {"buy", "sell"}
    for fill in run.fills:
        multiplier = BORROWING.instrument(fill.symbol).multiplier
        value = value_of(fill.quantity, round(fill.price * UNIT), multiplier)
        cash += amount((value if fill.side == "sell" else -value) - fill.commission)
    told = actions_of(standing_with(BORROWING.to_dict()), history)
    assert cash + sum(Decimal(each["cash"]) for each in told) == amount(run.cash_units[-1])
    kinds = {action["kind"] for each in told for action in each["actions"]}
    assert kinds == {"interest", "split", "dividend"}
    booked = sum(event.cash for event in run.events if event.kind in ("borrow", "interest"))
    assert booked < 0


@pytest.mark.parametrize("lot", LOTS)
def test_every_session_names_the_actions_of_what_was_held(lot):
    run = played(lot)
    found = actions_of(standing(lot), recorded(run))
    engine = {
        (event.session.isoformat(), event.symbol, event.kind, event.reason == "late")
        for event in run.events
        if event.kind in ("split", "dividend")
    }
    told = {
        (each["session"], action["symbol"], action["kind"], action["late"])
        for each in found
        for action in each["actions"]
    }
    assert told == engine
    assert {late for *_, late in told} == {True, False}


def test_a_delisting_is_a_trade_that_says_so():
    history = recorded(played(1.0))
    kinds = [trade["kind"] for trade in trades_of(_timed(history))]
    assert kinds.count("delisting") == 1
    assert set(kinds) == {"fill", "delisting"}


def _timed(history: History) -> History:
    rows = [
        trade._replace(execution_time=datetime(2012, 1, 1, tzinfo=UTC))
        for trade in history.trades["record"]
    ]
    return history._replace(trades={"record": rows})


def test_without_actions_there_is_nothing_to_tell():
    run = played(1.0, ())
    assert actions_of(standing(1.0), recorded(run, ())) == []
    assert len(run.fills) > 0


def test_an_action_of_a_share_that_was_not_held_is_left_out():
    never = [Action("IBM", DAYS[0], "dividend", 5.0)]
    run = played(1.0, never)
    assert actions_of(standing(1.0), recorded(run, never)) == []


def test_an_ex_date_without_a_session_is_booked_at_the_next():
    weekend = next(day for day in _days(DAYS[55]) if day not in DAYS)
    monday = next(day for day in DAYS if day > weekend)
    paid = [Action(symbol, weekend, "dividend", 0.5) for symbol in SYMBOLS]
    run = played(1.0, paid)
    (told,) = actions_of(standing(1.0), recorded(run, paid))
    assert told["session"] == monday.isoformat()
    assert {action["ex_date"] for action in told["actions"]} == {weekend.isoformat()}


def _days(first: date) -> list[date]:
    return [date.fromordinal(first.toordinal() + offset) for offset in range(7)]

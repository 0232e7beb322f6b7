"""Splits and dividends, booked before the open on what was held before the ex-date."""

from engine.booking import book_cash, new_event, realise
from engine.market import Prices
from engine.money import UNIT, worth
from engine.orders import QUANTITY
from engine.state import ADJUST, CASH_IN_LIEU, DIVIDEND, SPLIT, Rules, State


def book_actions(state: State, prices: Prices, rules: Rules, row: int) -> None:
    """Book a row's actions: splits, then dividends, then cash for the fractions splits left."""
    for symbol in range(len(state.quantity)):
        ratio = float(prices.split[row, symbol])
        if ratio != 1.0:
            _split(state, row, symbol, ratio)
        if prices.dividend[row, symbol] != 0 and state.quantity[symbol] != 0:
            _pay_dividend(state, row, symbol, int(prices.dividend[row, symbol]))
        if ratio != 1.0:
            fraction = int(state.quantity[symbol]) % rules.lot
            _pay_fraction(state, row, symbol, (fraction, int(prices.open[row, symbol])))


def _split(state: State, row: int, symbol: int, ratio: float) -> None:
    waiting = state.waiting
    for i in range(int(waiting.used[0])):
        order = int(waiting.order[i])
        if waiting.symbol[i] == symbol and state.orders.sizing[order] == QUANTITY:
            waiting.amount[i] = round(int(waiting.amount[i]) * ratio)
            at = new_event(state.events, row, ADJUST, symbol, order)
            state.events.asked[at] = waiting.amount[i]
    held = int(state.quantity[symbol])
    if held != 0:
        at = new_event(state.events, row, SPLIT, symbol, -1)
        state.events.price[at] = round(ratio * UNIT)
        book_cash(state, at, round(held * ratio) - held, 0)


def _pay_dividend(state: State, row: int, symbol: int, amount: int) -> None:
    at = new_event(state.events, row, DIVIDEND, symbol, -1)
    state.events.price[at] = amount
    book_cash(state, at, 0, worth(int(state.quantity[symbol]), amount))


def _pay_fraction(state: State, row: int, symbol: int, sold: tuple[int, int]) -> None:
    units, price = sold
    if units != 0:
        at = new_event(state.events, row, CASH_IN_LIEU, symbol, -1)
        state.events.price[at] = price
        realise(state, at, units, worth(units, price))

"""Names that other tools have for what is called otherwise here."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

ORDERS = "an order brings its own"


class _Named(NamedTuple):
    """What it is called here, with a value as it would be given; convert: of a number."""

    own: str
    convert: Callable[[Decimal], Decimal] | None = None
    remark: str = ""


def _as_is(value: Decimal) -> Decimal:
    return value


def _bps(value: Decimal) -> Decimal:
    return value * 10_000


def _times(value: Decimal) -> Decimal:
    return 1 / value


_BPS = "a share of the value as hundredths of a percent"
_CASH = _Named("cash", _as_is)
_COMMISSION = _Named("commission_bps", _bps, _BPS)
_LEVERAGE = _Named("leverage", _times, "one over the margin")
_STOP, _PROFIT = (
    _Named(f"{name}=0.05 of broker.buy or Targets", None, ORDERS)
    for name in ("stop_loss", "take_profit")
)
WORDS = {
    **dict.fromkeys(("commission", "commissions", "fee", "fees"), _COMMISSION),
    **dict.fromkeys(("slippage", "slip"), _Named("slippage_bps", _bps, _BPS)),
    "spread": _Named("slippage_bps", lambda value: value * 5_000, "half of the spread"),
    **dict.fromkeys(("init_cash", "initial_cash", "initial_capital", "capital"), _CASH),
    **dict.fromkeys(("startcash", "starting_cash", "capital_base"), _CASH),
    "margin": _LEVERAGE,
    **dict.fromkeys(("sl", "sl_stop"), _STOP),
    **dict.fromkeys(("tp", "tp_stop"), _PROFIT),
    "fixed_fees": _Named("per_order", _as_is),
    "trade_on_close": _Named('fill="same_close"'),
    "finalize_trades": _Named("close_at_end"),
}


def foreign_hint(name: str, value: object, *, typed: bool = False) -> str:
    """Say what another tool's name is called here, with the value converted; empty for no name.

    typed: as options on the command line, where cash is none of --set.

    >>> foreign_hint("commission", 0.002)
    'commission is commission_bps here, a share of the value as hundredths of a percent: \
commission_bps=20'
    >>> foreign_hint("initial_capital", "10000", typed=True)
    'initial_capital is --cash here: --cash 10000'
    >>> foreign_hint("fast", 3)
    ''
    """
    named = WORDS.get(name.lower())
    if named is None:
        return ""
    option = typed and named.own == "cash"
    own, between = (
        ("--cash", " ") if option else (named.own.replace('"', "" if typed else '"'), "=")
    )
    told = f"{name} is {own} here" + (f", {named.remark}" if named.remark else "")
    number = _converted(named, value)
    return f"{told}: {own}{between}{number}" if number else told


def _converted(named: _Named, value: object) -> str:
    """The value as it is given here; empty where it is no number."""
    if named.convert is None:
        return ""
    try:
        told = named.convert(Decimal(str(value)))
        return f"{told:f}".rstrip("0").rstrip(".") if "." in f"{told:f}" else f"{told:f}"
    except (ArithmeticError, InvalidOperation, ValueError):
        return ""

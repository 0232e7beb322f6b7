"""Whether a run can be simulated with what it was given."""

from datetime import date, datetime

from engine.account import Account
from engine.costs import Costs
from engine.errors import ParameterError
from engine.market import Market
from engine.options import Options
from engine.shown import shown
from engine.strategy import Strategy


def check_arguments(
    strategy: object, market: object, start: object, opening: object, options: object
) -> None:
    """Raise ParameterError for what is of another kind, with the way to one that is right."""
    kind = strategy if isinstance(strategy, type) else type(strategy)
    if not issubclass(kind, Strategy):
        raise ParameterError(
            f"the strategy must be a Strategy or its class, was {shown(strategy)}; write a class "
            "that inherits from Strategy"
        )
    if not isinstance(market, Market):
        raise ParameterError(
            f"the market must be a Market, was {shown(market)}; build it with "
            "engine.frames.market_from_frames or Market.build"
        )
    check_start(start)
    if not isinstance(opening, Account):
        cash = opening if type(opening) in (int, float) else 10_000
        raise ParameterError(
            f"opening must be an Account, was {shown(opening)}; give Account.of_cash({cash!r})"
        )
    if not isinstance(options, Options):
        way_out = "Options(costs=...)" if isinstance(options, Costs) else "Options(...)"
        raise ParameterError(f"options must be Options, were {shown(options)}; give {way_out}")


def check_start(start: object) -> None:
    """Raise ParameterError for a start that is neither a day nor an instant."""
    if start is None or (isinstance(start, date) and start == start):  # but NaT
        if isinstance(start, datetime) and start.tzinfo is None:
            raise ParameterError(f"the start {start} has no timezone; give it one, or a date")
        return
    raise ParameterError(
        f"start must be a datetime.date, or a datetime with its timezone, was {shown(start)}; "
        "read text with date.fromisoformat"
    )

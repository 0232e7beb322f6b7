"""`robotplug new`: a strategy to begin with."""

import json
import keyword
import re
import sys
from pathlib import Path
from typing import NamedTuple

import strategies
from engine.errors import ParameterError
from functions.local import console
from functions.local.written import write_new

LONGEST_NAME = 40
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TAKEN = ("engine", "functions", "strategies", "tests", "numpy", "pandas")

WEIGHTS = '''\
import numpy as np

from engine import Market, Strategy, Weights, parameter
from engine.indicators import sma


class {cls}(Strategy):
    """Hold what closed above its average of the last days."""

    # To be tried, as by --set days=50; nothing outside low and high is taken.
    days: int = parameter(100, low=2, high=300)

    def targets(self, market: Market) -> Weights:
        # A row for each close, a column for each symbol: the share of equity held
        # from the next open on. A row may use what stands in it and above, no more.
        average = sma(market.close, self.days)
        held = np.where(market.close > average, 1 / len(market.symbols), 0.0)
        return np.where(np.isnan(average), np.nan, held)  # NaN decides nothing
'''
ORDERS = '''\
from engine import Broker, Now, Strategy, parameter


class {cls}(Strategy):
    """Bid below each close; leave at a loss or at a gain."""

    # To be tried, as by --set below=0.05; nothing outside low and high is taken.
    below: float = parameter(0.02, low=0.001, high=0.2)

    def on_bar(self, now: Now, broker: Broker) -> None:
        # Called at each close, the last row of now.close; NaN is a missing bar.
        # What is asked for here fills in a later bar at the earliest.
        for column, symbol in enumerate(broker.symbols):
            bid = now.close[-1, column] * (1 - self.below)
            if bid > 0 and not broker.quantity(symbol):
                # Good for the next bar alone: the next close has a bid of its own.
                exits = {{"stop_loss": 0.04, "take_profit": 0.08}}
                broker.buy(symbol, value=10_000, limit=bid, tif="day", **exits)
'''


class Written(NamedTuple):
    """The file that was written and the class in it."""

    file: Path
    strategy: str


def written_as(name: str, *, orders: bool, folder: Path | None = None) -> Written:
    """Write NAME.py; ParameterError for a name that cannot be, or a file that is there."""
    stem = checked_name(name)
    found = Written((folder or Path()) / f"{stem}.py", class_of(stem))
    write_new(found.file, (ORDERS if orders else WEIGHTS).format(cls=found.strategy))
    return found


def checked_name(name: str) -> str:
    """Return the name without .py; ParameterError says which names can be."""
    stem = name.removesuffix(".py")
    if not _NAME.fullmatch(stem) or len(stem) > LONGEST_NAME:
        raise ParameterError(
            f"a strategy's name must be of small letters, digits and _, begin with a letter and "
            f"have at most {LONGEST_NAME} of them, was {name!r}; {_instead(stem)}"
        )
    if stem in _TAKEN:
        raise ParameterError(
            f"{stem!r} is a package that strategies import; take another, as my_{stem}"
        )
    if keyword.iskeyword(stem) or stem in sys.stdlib_module_names:
        raise ParameterError(
            f"{stem!r} is a word or a module of Python itself; take another, as my_{stem}"
        )
    if stem in strategies.names():
        raise ParameterError(f"{stem!r} is a built-in strategy; take another, as my_{stem}")
    return stem


def class_of(stem: str) -> str:
    """Return the class's name.

    >>> class_of("buy_the_dip"), class_of("rsi2")
    ('BuyTheDip', 'Rsi2')
    """
    return "".join(part[:1].upper() + part[1:] for part in stem.split("_"))


def print_written(written: Written, *, as_json: bool) -> None:
    """Say what was written and what to do with it."""
    file, strategy = str(written.file), written.strategy
    if as_json:
        print(json.dumps({"file": file, "strategy": strategy}, indent=2))  # noqa: T201
        return
    console.say(f"wrote {file} with the strategy {strategy}; next:")
    console.say(f"  robotplug check {file}")
    console.say(f"  robotplug backtest {file} --plot")


def _instead(stem: str) -> str:
    """Offer a name that can be, made of what was given."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", stem).lower()
    made = re.sub(r"[^a-z0-9]+", "_", parted).strip("_").lstrip("0123456789_")[:LONGEST_NAME]
    return f"try {made.strip('_')!r}" if made else "try 'my_strategy'"

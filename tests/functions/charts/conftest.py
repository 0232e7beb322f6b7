import math
from datetime import date, timedelta
from functools import cache
from random import Random

import pytest

from functions.charts import charts


def weekdays(first, count):
    days = (first + timedelta(days=at) for at in range(2 * count + 7))
    return [day.isoformat() for day in days if day.weekday() < 5][:count]


def walk(seed, count, start=100_000.0):
    random, value, values = Random(seed), start, []
    for _ in range(count):
        values.append(round(value, 8))
        value *= math.exp(random.gauss(0.0004, 0.012))
    return values


def trade(session, phase, side, **others):
    return {
        "id": f"{session}-{side}",
        "time": f"{session}T14:30:00Z",
        "session": session,
        "phase": phase,
        "symbol": "IBM",
        "side": side,
        "quantity": "57.00000000",
        "price": "181.10000000",
        "commission": "5.16000000",
        "slippage": "5.16000000",
        "pnl": None,
    } | others


class Published:
    """A robot's documents as they are published, so many sessions long."""

    def __init__(self, backtest, record, *, name="SMA cross", benchmark="buy-and-hold"):
        sessions = weekdays(date(2000, 3, 1), backtest + record)
        before, since = sessions[:backtest], sessions[backtest:]
        self.summary = {"slug": "sma-cross", "name": name, "benchmark": benchmark}
        self.curves = {
            "v": 1,
            "slug": "sma-cross",
            "seq": record,
            "backtest": self._phase("robot", "market", before),
            "record": self._phase("later", "since", since),
        }
        self.trades = {
            "items": [
                trade(session, phase, "buy" if at % 2 else "sell")
                for phase, days in (("backtest", before), ("record", since))
                for at, session in enumerate(days[10::25])
            ]
        }

    @staticmethod
    def _phase(robot, market, sessions):
        return {
            "sessions": sessions,
            "equity": walk(robot, len(sessions)),
            "benchmark": walk(market, len(sessions)),
        }

    @property
    def documents(self):
        return self.summary, self.curves, self.trades


@pytest.fixture(scope="session")
def published():
    """Build the documents of a robot: published(backtest sessions, record sessions)."""
    return Published


@pytest.fixture(scope="session")
def whole(published):
    """A robot at the sample's end."""
    return published(2770, 500)


@pytest.fixture(scope="session")
def drawn():
    """Draw the charts of a robot of some age: drawn(backtest sessions, record sessions)."""
    return cache(lambda backtest, record: charts(*Published(backtest, record).documents))

"""Every metric of one small account over two years, worked out by hand.

Every month has five sessions, on its first five days, and is of one kind: UP rises 2 % in each
session, DOWN falls 1 %, CRASH falls 4, 3, 2, 1 and 0 %, and in the others nothing moves.
"""

import inspect
import math
import re
from datetime import date
from statistics import NormalDist, correlation
from types import SimpleNamespace

import numpy as np
import pytest

from engine import metrics
from engine.metrics import growth, measure
from engine.money import UNIT

pytestmark = pytest.mark.engine

UP, DOWN, CRASH, STILL = [0.02] * 5, [-0.01] * 5, [-0.04, -0.03, -0.02, -0.01, 0.0], [0.0] * 5
MONTHS = [
    *(STILL, UP, STILL, DOWN, UP, STILL, DOWN, DOWN, STILL, STILL, STILL, STILL),
    *(UP, UP, STILL, CRASH, *[STILL] * 8),
]
RETURNS = [each for month in MONTHS for each in month]
SESSIONS = [f"{year}-{month:02}-{day:02}" for year in (2021, 2022)
            for month in range(1, 13) for day in range(1, 6)]  # fmt: skip
# The benchmark moves one percent the way the account moves.
BENCHMARK = np.sign(RETURNS) / 100
# UP: all in longs. DOWN: half long, half short. CRASH: twice the equity long. Else nothing.
CASH_SHARES = {id(UP): 0.0, id(DOWN): 1.0, id(CRASH): -1.0, id(STILL): 1.0}
SHORT_SHARES = {id(UP): 0.0, id(DOWN): 0.5, id(CRASH): 0.0, id(STILL): 0.0}
# Six round trips: money, days, worst and best open result.
TRIPS = [
    (-40, 3, -0.02, 0.01),
    (150, 10, -0.01, 0.06),
    (90, 2, -0.03, 0.03),
    (360, 8, 0.0, 0.12),
    (-140, 5, -0.08, 0.0),
    (-20, 14, -0.04, 0.02),
]
# Twelve fills of 1 000 each: ten shares at 100, or one contract of ten at 100.
FILLS = [("IBM", 10), ("ES", 1)] * 6


def equity_after(sessions):
    return 100_000.0 * math.prod(1.0 + each for each in RETURNS[:sessions])


EQUITY = [equity_after(sessions) for sessions in range(121)]


def held(shares):
    by_row = [shares[id(month)] for month in MONTHS for _ in range(5)]
    return np.array(by_row) * EQUITY[1:]


def small_account():
    """Measured from 2020-12-05 to 2022-12-05, 730 days, with sixty sessions a year."""
    return measure(
        equity=np.array(EQUITY[1:]),
        start_equity=100_000.0,
        sessions=np.array(SESSIONS, dtype="datetime64[D]"),
        periods_per_year=60,
        since=date(2020, 12, 5),
        benchmark=growth(BENCHMARK, 100_000.0)[1:],
        cash=held(CASH_SHARES),
        shorts=held(SHORT_SHARES),
        round_trips=[
            SimpleNamespace(net_pnl=pnl * UNIT, days_held=days, mae_return=mae, mfe_return=mfe)
            for pnl, days, mae, mfe in TRIPS
        ],
        fills=[
            SimpleNamespace(
                symbol=symbol, quantity=quantity * UNIT, price=100.0,
                commission=UNIT, slippage=UNIT // 2,
            )
            for symbol, quantity in FILLS
        ],
        multipliers={"ES": 10.0},
    )  # fmt: skip


# What a month brings, and where the three falls end: at 0.951, 0.904 and 0.903 of their peaks.
RISE, FALL, BREAK = 1.02**5, 0.99**5, 0.96 * 0.97 * 0.98 * 0.99
YEARS = 730 / 365.25
END = RISE**4 * FALL**3 * BREAK
CAGR = END ** (1 / YEARS) - 1

# Of 120 sessions twenty brought 2 %, fifteen lost 1 %, and four lost 4, 3, 2 and 1 %.
# Sums of powers of returns: 0.40 - 0.15 - 0.10, then 80 + 15 + 30 in 1e-4 and so on.
S1, S2, S3, S4 = 0.15, 125e-4, 45e-6, 689e-8
MEAN = S1 / 120
SAMPLE = math.sqrt((S2 - 120 * MEAN**2) / 119)
M2 = S2 / 120 - MEAN**2
M3 = S3 / 120 - 3 * MEAN * S2 / 120 + 2 * MEAN**3
M4 = S4 / 120 - 4 * MEAN * S3 / 120 + 6 * MEAN**2 * S2 / 120 - 3 * MEAN**4
SKEW, KURTOSIS = M3 / M2**1.5, M4 / M2**2
SHARPE = MEAN / SAMPLE
SPREAD = 1 - SKEW * SHARPE + (KURTOSIS - 1) / 4 * SHARPE**2
DOWNSIDE = math.sqrt((15e-4 + 30e-4) / 120 * 60)

# The benchmark rose twenty times and fell nineteen; the products sum to 40 + 15 + 10 in 1e-4.
MARKET = 0.01 / 120
VARIED, TOGETHER = 39e-4 - 120 * MARKET**2, 65e-4 - 120 * MEAN * MARKET
BETA = TOGETHER / VARIED
# What the two are apart: twenty times 1 %, and -3, -2 and -1 %.
APART = 0.14 / 120
TRACKING = math.sqrt((34e-4 - 120 * APART**2) / 119 * 60)

# Squares of how far equity was below its peak, session by session of the three falls.
DEPTHS = [
    *(0.99**n - 1 for n in (1, 2, 3, 4, 5)), *(FALL * 1.02**n - 1 for n in (1, 2)),
    *(0.99**n - 1 for n in range(1, 11)), *[FALL**2 - 1] * 20,
    *(FALL**2 * 1.02**n - 1 for n in (1, 2, 3, 4, 5)),
    0.96 - 1, 0.96 * 0.97 - 1, 0.96 * 0.97 * 0.98 - 1, *[BREAK - 1] * 42,
]  # fmt: skip
GAINS_OF_MONTHS = 4 * (RISE - 1)
LOSSES_OF_MONTHS = 3 * (1 - FALL) + (1 - BREAK)
TWO_YEARS = RISE**2 * FALL**3 - 1, RISE**2 * BREAK - 1

EXPECTED = {
    "total_return": END - 1,
    "cagr": CAGR,
    "average_day": 0.00125,
    "best_day": 0.02,
    "worst_day": -0.04,
    "average_month": (GAINS_OF_MONTHS - LOSSES_OF_MONTHS) / 24,
    "best_month": RISE - 1,
    "worst_month": BREAK - 1,
    "up_months": 4 / 24,
    "down_months": 4 / 24,
    "average_year": sum(TWO_YEARS) / 2,
    "best_year": TWO_YEARS[1],
    "worst_year": TWO_YEARS[0],
    "exposure": (20 * 1.0 + 15 * 1.0 + 5 * 2.0) / 120,
    "sharpe_ratio": SHARPE * math.sqrt(60),
    "sortino_ratio": MEAN * 60 / DOWNSIDE,
    "omega_ratio": 0.40 / 0.25,
    "calmar_ratio": CAGR / (1 - BREAK),
    "recovery_factor": (END - 1) / (1 - BREAK),
    "gain_to_pain_ratio": (GAINS_OF_MONTHS - LOSSES_OF_MONTHS) / LOSSES_OF_MONTHS,
    "stability": correlation(range(120), [math.log(each) for each in EQUITY[1:]]) ** 2,
    "volatility": SAMPLE * math.sqrt(60),
    "downside_deviation": DOWNSIDE,
    "max_drawdown": BREAK - 1,
    "average_drawdown": ((FALL - 1) + (FALL**2 - 1) + (BREAK - 1)) / 3,
    "longest_drawdown": 45,  # from the last flat session of March 2022, the 75th, to the 120th
    "ulcer_index": math.sqrt(sum(depth**2 for depth in DEPTHS) / 120),
    "value_at_risk_95": -0.01,  # between the sixth and the seventh worst
    "cvar_95": (-0.04 - 0.03 - 0.02 - 3 * 0.01) / 6,
    "value_at_risk_99": -0.03 + 0.19 * 0.01,  # 0.01 * 119 = 1.19: past the second worst
    "cvar_99": (-0.04 - 0.03) / 2,
    "tail_ratio": 0.02 / 0.01,
    "skew": SKEW,
    "kurtosis": KURTOSIS,
    "beta": BETA,
    "alpha": (MEAN - BETA * MARKET) * 60,
    "correlation": TOGETHER / math.sqrt(VARIED * 120 * M2),
    "tracking_error": TRACKING,
    "information_ratio": APART * 60 / TRACKING,
    "treynor_ratio": MEAN * 60 / BETA,
    "up_capture": 0.02 / 0.01,
    "down_capture": (0.25 / 19) / 0.01,
    "trade_count": 6,
    "win_rate": 3 / 6,
    "profit_factor": 600 / 200,
    "expectancy": 400 / 6,
    "average_win": 600 / 3,
    "average_loss": -200 / 3,
    "median_win": 150,
    "median_loss": -40,
    "payoff_ratio": 200 / (200 / 3),
    "system_quality": math.sqrt(6) * (400 / 6) / math.sqrt((181_800 - 400**2 / 6) / 5),
    "kelly_criterion": 0.5 - 0.5 / 3,
    "average_mae": -0.18 / 6,
    "worst_mae": -0.08,
    "average_mfe": 0.24 / 6,
    "average_holding_days": 42 / 6,
    "median_holding_days": (5 + 8) / 2,
    "longest_holding_days": 14,
    "longest_win_run": 3,
    "longest_loss_run": 2,
    "turnover": 12_000 / 2 / (sum(EQUITY) / 121) / YEARS,
    "commission_paid": 12,
    "slippage_paid": 6,
    "break_even_cost": ((END - 1) * 100_000 + 12 + 6) / 12_000 * 10_000,
    "probabilistic_sharpe_ratio": NormalDist().cdf(SHARPE * math.sqrt(119) / math.sqrt(SPREAD)),
    "minimum_track_record": math.ceil(1 + SPREAD * (1.6448536269514722 / SHARPE) ** 2),
}


@pytest.fixture(scope="module")
def found():
    return small_account()


@pytest.mark.parametrize("name", metrics.names())
def test_it_is_what_was_worked_out_by_hand(name, found):
    assert found[name].value == pytest.approx(EXPECTED[name], rel=1e-9)


def test_every_metric_has_an_answer_here():
    assert set(EXPECTED) == set(metrics.names())


def test_the_deepest_fall_is_dated(found):
    dates = {"start": "2022-03-05", "trough": "2022-04-04", "recovery": None}
    assert found["max_drawdown"].dates == dates


@pytest.mark.parametrize("name", metrics.names())
def test_it_says_where_it_comes_from(name):
    text = inspect.getdoc(metrics.get(name).compute) or ""
    source = r"\((18|19|20)\d\d\)|GIPS 2010|Regulation \(EU\)|\bArithmetic\.|\bBy definition\b"
    assert re.search(source, text)

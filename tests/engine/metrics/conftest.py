import numpy as np
import pytest

from engine.metrics import Measured, growth, period_returns


@pytest.fixture(scope="session")
def sample() -> Measured:
    """Three years of ordinary returns, with a benchmark, round trips and fills."""
    random = np.random.default_rng(7)
    noise = random.normal(0.0, 0.011, 750)
    returns = noise - noise.mean() + 0.0008
    benchmark = 0.6 * returns + random.normal(0.0002, 0.006, 750)
    equity = growth(returns, 100_000.0)
    sessions = np.busday_offset("2010-01-04", np.arange(750), roll="forward")
    return Measured(
        equity=equity,
        sessions=sessions,
        returns=returns,
        monthly_returns=period_returns(equity, sessions, "month"),
        yearly_returns=period_returns(equity, sessions, "year"),
        years=750 / 252,
        periods_per_year=252.0,
        risk_free=0.0,
        convention="tradingrobotplug",
        benchmark_returns=benchmark,
        exposures=random.uniform(0.0, 1.0, 750),
        trip_pnl=random.normal(40.0, 300.0, 60),
        trip_days=random.uniform(1.0, 30.0, 60),
        trip_mae=random.uniform(-0.1, 0.0, 60),
        trip_mfe=random.uniform(0.0, 0.1, 60),
        traded=random.uniform(1e3, 2e4, 120),
        commissions=random.uniform(1.0, 10.0, 120),
        slippages=random.uniform(1.0, 10.0, 120),
    )

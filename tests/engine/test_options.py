import pytest

from engine import Costs, Options, ParameterError
from engine.costs import commission
from engine.fills import market_price, slippage_paid
from engine.money import UNIT

pytestmark = pytest.mark.engine


def test_options_are_written_flat_and_read_back():
    options = Options(Costs(1.0, 2.0), lot_size=0.01, cash_buffer=0.0025, min_trade=0.001)
    assert Options.from_dict(options.to_dict()) == options
    assert Options.from_dict({"commission_bps": 1}).costs == Costs(1.0, 5.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lotsize": 1}, "no option named 'lotsize'; did you mean 'lot_size'"),
        ({"lot_size": 0}, "lot_size must be between 1e-8 and 1e9, was 0"),
        ({"cash_buffer": 1}, "cash_buffer must be from 0 to below 1, was 1"),
        ({"min_trade": -0.1}, "min_trade must be from 0 to below 1, was -0.1"),
        ({"commission_bps": -1}, "commission_bps must be from 0 to below 10000, was -1"),
        ({"slippage_bps": float("nan")}, "slippage_bps must be from 0 to below 10000, was nan"),
    ],
)
def test_an_impossible_option_says_what_it_must_be(options, message):
    with pytest.raises(ParameterError, match=message):
        Options.from_dict(options)


@pytest.mark.parametrize(
    ("direction", "bps", "price"),
    [(1, 5.0, 181.0905), (-1, 5.0, 180.9095), (1, 0.0, 181.0), (-1, 9_999.9999, 0.00000181)],
)
def test_slippage_moves_the_open_against_you(direction, bps, price):
    assert market_price(181 * UNIT, direction, bps) / UNIT == pytest.approx(price)


def test_a_price_never_reaches_zero():
    assert market_price(1, -1, 9_999.0) == 1


def test_commission_is_its_share_of_the_value_rounded_once():
    assert commission(1_032_270_000_000, 5.0) == 516_135_000
    assert commission(1, 5.0) == 0


def test_slippage_paid_is_positive_either_way():
    assert slippage_paid(57 * UNIT, 181 * UNIT, 18_109_050_000) == 515_850_000
    assert slippage_paid(57 * UNIT, 181 * UNIT, 18_090_950_000) == 515_850_000


def test_a_run_without_costs_can_be_told():
    assert Costs(0, 0).none
    assert not Costs().none

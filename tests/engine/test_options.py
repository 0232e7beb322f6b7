import json
import math
import pickle
from dataclasses import dataclass

import pytest

from engine import Costs, Options, ParameterError
from engine.instruments import Instrument
from engine.money import UNIT
from engine.state import NEXT_CLOSE, NEXT_OPEN, SAME_CLOSE

pytestmark = pytest.mark.engine

EVERYTHING = Options(
    Costs(
        1.0, 2.0, maker_bps=0.5, per_share=0.01, per_order=1.0, minimum=2.0, maximum=0.01,
        tiers=((0.0, 10.0), (1000.0, 5.0)), borrow_rate=0.02, debit_rate=0.06, volume_impact=0.1,
        volatility_impact=0.5,
    ),
    lot_size=0.01, cash_buffer=0.0025, min_trade=0.001, leverage=2.0, participation=None,
    fill="same_close", limit_touch=True, size_at="decision", close_at_end=True,
    take_profit_first=True,
    instruments={"ES": Instrument(1.0, 0.25, 50.0), "BTC": Instrument(lot_size=1e-8)},
)  # fmt: skip


def test_options_are_written_flat_and_read_back():
    assert Options.from_dict(EVERYTHING.to_dict()) == EVERYTHING
    assert Options.from_dict({"commission_bps": 1}).costs == Costs(1.0, 5.0)


def test_they_are_written_as_json_holds_them():
    told = json.dumps(EVERYTHING.to_dict(), allow_nan=False)
    assert Options.from_dict(json.loads(told)) == EVERYTHING
    assert Options.from_dict(json.loads(told)).to_dict() == EVERYTHING.to_dict()


def test_what_is_usual_is_not_written_but_for_what_always_was():
    assert Options().to_dict() == {
        "commission_bps": 5.0,
        "slippage_bps": 5.0,
        "lot_size": 1.0,
        "cash_buffer": 0.0,
        "min_trade": 0.0,
    }
    assert "leverage" not in Options(Costs(), 0.5, leverage=1).to_dict()
    assert Options(participation=None).to_dict()["participation"] is None
    told = Options(instruments={"ES": Instrument(multiplier=50)}).to_dict()
    assert told["instruments"] == {"ES": {"multiplier": 50.0}}


def own_fee(shares, value, maker_value):
    return 1.0


def test_own_python_is_written_by_name_and_not_read_back():
    told = Options(Costs(own_fee=own_fee)).to_dict()
    assert told["own_fee"] == f"{__name__}:own_fee"
    with pytest.raises(ParameterError, match="own_fee is Python, which no text can give; name"):
        Options.from_dict(told)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lotsize": 1}, "no option named 'lotsize'; did you mean 'lot_size'"),
        ({"lot_size": 0}, "lot_size must be between 1e-8 and 1e9, was 0"),
        ({"cash_buffer": 1}, "cash_buffer must be from 0 to below 1, was 1"),
        ({"min_trade": -0.1}, "min_trade must be from 0 to below 1, was -0.1"),
        ({"commission_bps": -1}, "commission_bps must be from 0 to below 10000, was -1"),
        ({"slippage_bps": float("nan")}, "slippage_bps must be from 0 to below 10000, was nan"),
        ({"leverage": 0.5}, "leverage must be between 1 and 1000, was 0.5"),
        ({"leverage": "2"}, "leverage must be a number, was '2'"),
        ({"participation": 10}, "participation must be a share of volume above 0 and at most 1"),
        ({"participation": 0}, "at most 1, was 0.0; None fills as much as is asked for"),
        ({"fill": "next"}, "no fill named 'next'; did you mean 'next_open'"),
        ({"fill": ["next_open"]}, "no fill named"),
        ({"size_at": "openn"}, "no size_at named 'openn'; did you mean 'open'"),
        ({"limit_touch": 1}, "limit_touch must be true or false, was 1"),
        ({"close_at_end": "yes"}, "close_at_end must be true or false, was 'yes'"),
        ({"instruments": [1]}, r"instruments must be given by symbol, were \[1\]"),
        ({"instruments": {"ES": 50}}, "the instrument of ES must be given by setting, was 50"),
        ({"instruments": {"ES": {"tick": 1}}}, "no setting of an instrument named 'tick'"),
        ({"instruments": {"ES": {"tick_size": -1}}}, "tick_size must be from 0 to below 1e6, was"),
        ({"cost_model": "len"}, "no cost model named 'len'; did you mean 'lean'"),
        ({"cost_model": 5}, "no cost model named '5.0'"),
    ],
)
def test_an_impossible_option_says_what_it_must_be(options, message):
    with pytest.raises(ParameterError, match=message):
        Options.from_dict(options)


@pytest.mark.parametrize(
    ("instrument", "message"),
    [
        ({"lot_size": 0}, "lot_size must be between 1e-8 and 1e9, was 0"),
        ({"tick_size": 1e-9}, "tick_size must be 0 or from 1e-8 on, was 1e-09"),
        ({"multiplier": 0}, "multiplier must be between 1e-6 and 1e6, was 0"),
        ({"multiplier": math.nan}, "multiplier must be between 1e-6 and 1e6, was nan"),
    ],
)
def test_an_impossible_instrument_says_what_it_must_be(instrument, message):
    with pytest.raises(ParameterError, match=message):
        Instrument(**instrument)


def test_the_loop_reads_them_by_symbol():
    rules = EVERYTHING.rules(("AAPL", "BTC", "ES"))
    assert rules.lot.tolist() == [UNIT // 100, 1, UNIT]
    assert rules.tick.tolist() == [0, 0, UNIT // 4]
    assert rules.multiplier.tolist() == [1.0, 1.0, 50.0]
    assert (rules.leverage, rules.participation, rules.fill) == (2.0, math.inf, SAME_CLOSE)
    assert (rules.borrow_rate, rules.debit_rate) == (0.02, 0.06)
    assert (rules.limit_touch, rules.size_at_decision, rules.take_profit_first) == (True,) * 3
    assert rules.fees.tier_from.tolist() == [0, 1000 * UNIT]
    assert rules.fees.tier_bps.tolist() == [10.0, 5.0]


@pytest.mark.parametrize(
    ("options", "notes"),
    [
        (Options(), []),
        (EVERYTHING, ["fills at the same close", "no volume limit", "take-profit first"]),
        (Options(Costs(0, 0)), ["no costs"]),
        (Options(Costs(0, 0, borrow_rate=0.1, maker_bps=0, tiers=((0, 0),))), ["no costs"]),
        (Options(Costs(0, 0, tiers=((0, 1),))), []),
        (Options(fill="next_close"), ["fills at the next close"]),
        (Options(Costs(own_fee=own_fee)), ["own cost code"]),
        (Options(Costs(0, 0, own_price=own_fee)), ["own cost code"]),
    ],
)
def test_what_must_be_said_of_a_result_is_known_from_its_options(options, notes):
    assert [note.partition(": ")[0] for note in options.notes] == notes
    assert ("no costs" in notes) == options.costs.none


@pytest.mark.parametrize(
    ("name", "fill"),
    [("next_open", NEXT_OPEN), ("same_close", SAME_CLOSE), ("next_close", NEXT_CLOSE)],
)
def test_a_fill_is_named(name, fill):
    assert Options(fill=name).rules(("AAPL",)).fill == fill


def test_options_can_be_compared_hashed_and_copied():
    again = Options.from_dict(EVERYTHING.to_dict())
    assert hash(again) == hash(EVERYTHING)
    assert len({again, EVERYTHING, Options()}) == 2
    assert pickle.loads(pickle.dumps(EVERYTHING)) == EVERYTHING


@pytest.mark.parametrize("instruments", [{"ES": {"multiplier": 50}}, {"ES": None}])
def test_an_instrument_is_an_instrument(instruments):
    with pytest.raises(ParameterError, match="the instrument of ES must be an Instrument, was"):
        Options(instruments=instruments)


def test_an_instrument_of_no_symbol_is_refused():
    with pytest.raises(
        ParameterError, match="no symbol with an instrument named 'EZ'; there are BTC, ES"
    ):
        Options(instruments={"EZ": Instrument()}).rules(("ES", "BTC"))


@pytest.mark.parametrize(
    ("costs", "message"),
    [
        (
            "zipline",
            r"costs must be a Costs record, were 'zipline'; .* cost_models.get\('zipline'\)",
        ),
        (None, r"were None; give Costs\(...\), or a named one with cost_models.get\('lean'\)"),
        ({}, r"were \{\}; give Costs"),
    ],
)
def test_costs_are_a_record(costs, message):
    with pytest.raises(ParameterError, match=message):
        Options(costs=costs)


def test_runs_alike_share_their_rules():
    one, other = Options(lot_size=1.0).rules(("A", "B")), Options(lot_size=1).rules(["A", "B"])
    assert one is other
    assert Options(lot_size=2).rules(("A", "B")).lot.tolist() == [2 * UNIT, 2 * UNIT]
    with pytest.raises(ValueError, match="read-only"):
        one.lot[0] = 1


def test_rules_with_python_of_their_own_that_has_no_hash():
    @dataclass
    class Fee:
        rate: float

        def __call__(self, quantity, value, maker_value):
            return value * self.rate

    rules = Options(costs=Costs(own_fee=Fee(0.001))).rules(("A",))
    assert rules.fees.own(1, 1000.0, 0.0) == 1.0


def test_rules_follow_instruments_that_are_given_later():
    """What is shared between runs alike is not shared with those that are not."""
    options = Options(instruments={"ES": Instrument(multiplier=50.0)})
    assert options.rules(["ES"]).multiplier.tolist() == [50.0]
    options.instruments["ES"] = Instrument(multiplier=5.0)
    assert options.rules(["ES"]).multiplier.tolist() == [5.0]

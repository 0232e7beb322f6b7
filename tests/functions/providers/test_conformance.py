"""Every provider found keeps the promises that collecting rests on."""

import pkgutil
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from engine.errors import ParameterError
from functions import providers
from functions.providers import Coverage, Fetched, ProviderError, Request
from functions.providers._patience import Limits
from tests.builders.market_servers import refusing_url
from tests.builders.sources import LIVED

ONE_DAY = timedelta(days=1)
NO_CCXT = "the extra `crypto` is not installed"
LENGTHS = ("1d", "1h", "30m", "15m", "5m", "1m")


@pytest.fixture(params=providers.names(), scope="module")
def lived(request):
    """A provider with its source at hand; one of another distribution lives on its own."""
    if request.param == "crypto":
        pytest.importorskip("ccxt", reason=NO_CCXT)
    if request.param in LIVED:
        with LIVED[request.param]() as found:
            yield found
    else:
        pytest.skip("its source is not known here")


def at(day):
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def fetch(lived, symbol, until=None, after=None):
    request = Request(symbol, "1d", after, until or at(lived.last + ONE_DAY))
    return lived.provider.fetch(request)


def test_every_built_in_provider_is_tried():
    modules = {module.name for module in pkgutil.iter_modules(providers.__path__)}
    assert set(LIVED) == {name for name in modules if not name.startswith("_")}
    assert providers.failures() == {}


def test_what_is_no_provider_is_told_what_it_lacks():
    class Half:
        @property
        def facts(self):
            raise ParameterError("not asked for before it is used")

        symbols = coverage = None

    with pytest.raises(ParameterError, match="no `provider` with symbols"):
        providers._pick(Half())


def test_facts_are_of_the_known_kinds(lived):
    facts = lived.provider.facts
    assert facts.calendar
    assert facts.lengths == tuple(length for length in LENGTHS if length in facts.lengths)
    assert "1d" in facts.lengths
    assert facts.anchor in ("open", "clock")


def test_bars_are_exact_in_order_and_each_once(lived):
    for symbol in lived.symbols:
        bars = fetch(lived, symbol).bars
        starts = [bar.starts for bar in bars]
        assert len(bars) > 100
        assert starts == sorted(set(starts))
        for bar in bars:
            assert bar.symbol == symbol
            assert bar.starts == at(bar.starts)
            assert bar.starts.tzinfo is UTC
            assert {type(value) for value in bar[2:6]} == {Decimal}
            assert bar.volume is None or type(bar.volume) is Decimal


def test_every_bar_can_be_computed_with(lived):
    for symbol in lived.symbols:
        for bar in fetch(lived, symbol).bars:
            assert 0 < bar.low <= min(bar.open, bar.close)
            assert max(bar.open, bar.close) <= bar.high < Decimal("Infinity")
            assert bar.volume is None or 0 <= bar.volume < Decimal("Infinity")


def test_coverage_is_the_first_and_the_last_session(lived):
    ends = [
        bar.starts.date()
        for symbol in lived.symbols
        for bar in fetch(lived, symbol, at(lived.last + 30 * ONE_DAY)).bars
    ]
    assert Coverage(min(ends), max(ends)) == (lived.first, lived.last)
    assert lived.provider.coverage() in (None, Coverage(lived.first, lived.last))


@pytest.mark.parametrize("back", [0, 1, 30, 99, 100, 101])
def test_nothing_later_than_asked_for_is_told(lived, back):
    """What it would have told then is what it told then, whatever was split since."""
    symbol = lived.symbols[0]
    until = at(lived.last + ONE_DAY - back * ONE_DAY)
    everything, told = fetch(lived, symbol), fetch(lived, symbol, until)
    assert [bar.starts for bar in told.bars] == [
        bar.starts for bar in everything.bars if bar.starts < until
    ]
    known = [action for action in everything.actions if at(action.ex_date) < until]
    assert [action[:3] for action in told.actions] == [action[:3] for action in known]
    later = [action for action in everything.actions if action not in known]
    if everything.adjusted == "none" or "split" not in {action.kind for action in later}:
        assert list(told.bars) == [bar for bar in everything.bars if bar.starts < until]
        assert list(told.actions) == known
    else:
        assert told.bars[0].close == 2 * everything.bars[0].close


def test_two_ranges_are_one(lived):
    symbol = lived.symbols[0]
    everything = fetch(lived, symbol).bars
    cut = everything[len(everything) // 2].starts
    before, since = fetch(lived, symbol, cut + ONE_DAY), fetch(lived, symbol, after=cut)
    dates = [bar.starts for bar in (*before.bars, *since.bars)]
    assert dates == [bar.starts for bar in everything]
    assert list(fetch(lived, symbol, after=everything[-1].starts).bars) == []


def test_a_question_asked_twice_is_answered_alike(lived):
    assert fetch(lived, lived.symbols[-1]) == fetch(lived, lived.symbols[-1])


def test_actions_are_in_order_exact_and_in_the_range(lived):
    for symbol in lived.symbols:
        actions = fetch(lived, symbol).actions
        keys = [(action.ex_date, action.kind) for action in actions]
        assert keys == sorted(set(keys))
        for action in actions:
            assert action.symbol == symbol
            assert action.kind in ("split", "dividend")
            assert type(action.value) is Decimal
            assert action.value > 0
            assert lived.first < action.ex_date <= lived.last


def test_no_move_beyond_a_third_lacks_its_action(lived):
    for symbol in lived.symbols:
        fetched = fetch(lived, symbol)
        splits = {one.ex_date: one.value for one in fetched.actions if one.kind == "split"}
        applied = fetched.adjusted == "splits"
        for before, bar in pairwise(fetched.bars):
            ratio = Decimal(1) if applied else splits.get(bar.starts.date(), Decimal(1))
            assert Decimal("0.48") < bar.close * ratio / before.close < Decimal("1.5")


def test_an_unknown_symbol_is_named(lived):
    with pytest.raises(ParameterError, match=r"NO\.SUCH"):
        fetch(lived, "NO.SUCH")


def test_an_unknown_length_is_named(lived):
    with pytest.raises(ParameterError, match="'7m'"):
        lived.provider.fetch(Request(lived.symbols[0], "7m", None, at(lived.last)))


def test_a_time_before_everything_has_nothing(lived):
    fetched = fetch(lived, lived.symbols[0], at(date(1990, 1, 1)))
    assert (list(fetched.bars), list(fetched.actions)) == ([], [])


@pytest.mark.parametrize("name", providers.names())
def test_without_its_source_it_answers_clearly_and_soon(name, monkeypatch):
    """No network, no folder, no settings: an answer or an error that says why, never a wait."""
    quick = Limits(attempts=2, deadline=3.0, first_wait=0.05)
    for variable in ("DATA_FOLDER", "SYMBOLS", "CRYPTO_EXCHANGE"):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("YAHOO_URL", "CRYPTO_URL"):
        monkeypatch.setenv(variable, refusing_url())
    kind = type(providers.get(name))
    patient = name in ("yahoo", "crypto")
    provider = kind(limits=quick) if patient else kind()
    began = time.monotonic()
    reason = ""
    try:
        assert provider.facts.lengths
        assert provider.symbols()
        provider.coverage()
        request = Request(provider.symbols()[0], "1d", None, at(date(2012, 1, 3)))
        assert isinstance(provider.fetch(request), Fetched)
    except (ParameterError, ProviderError) as error:
        reason = str(error)
    if "pip install" in reason:
        pytest.skip(NO_CCXT)
    told = {"files": "set it to a folder", "yahoo": "Yahoo does not", "crypto": "exchange does not"}
    assert told.get(name, "") in reason
    assert time.monotonic() - began < 10

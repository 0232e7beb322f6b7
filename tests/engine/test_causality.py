"""The check itself: what it compares, where it cuts, and what its noise is like."""

import numpy as np
import pytest

import strategies
from engine import Broker, Market, Now, Options, Strategy, Targets, simulate
from engine.asked import Asked, first_change
from engine.bars import QuotedPrices
from engine.causality import Check, check
from engine.cuts import cuts_of
from engine.decisions import orders_of
from engine.futures import noise_of, with_future
from engine.rehearsal import Rehearsal
from tests.builders import planted
from tests.builders.bars import NAN, bars, intraday, market, random_market, sessions
from tests.builders.robots import scripted, weighted

pytestmark = pytest.mark.engine


def every_tenth() -> type[Strategy]:
    class EveryTenth(Strategy):
        """Decide on every tenth bar."""

        rebalance = "row"

        def targets(self, market: Market) -> np.ndarray:
            weights = np.full(market.close.shape, NAN)
            weights[::10] = 0.1
            return weights

    return EveryTenth


def test_every_decision_is_covered_where_there_are_few():
    found = check(every_tenth(), random_market(rows=101))
    assert (found.verdict, found.decisions, found.covered, found.share) == ("clean", 10, 10, 1.0)
    assert found.cuts == 100


def test_the_share_is_what_was_covered():
    found = check(every_tenth(), random_market(rows=101), cuts=8)
    assert found.cuts == 8
    assert 0 < found.covered < 10
    assert found.share == found.covered / 10


def test_a_decision_at_the_last_bar_alone_is_not_exercised():
    made = random_market(rows=40)
    weights = np.full(made.close.shape, NAN)
    weights[-1] = 0.5
    found = check(weighted(weights), made)
    assert (found.verdict, found.decisions, found.share) == ("not exercised", 0, 0.0)


def test_nothing_before_the_start_is_a_decision():
    made = random_market(rows=101)
    found = check(every_tenth(), made, start=made.sessions[50].item())
    assert found.decisions == 5


def test_a_caller_that_has_no_patience_gets_what_was_covered():
    asked = iter([True, True, False])
    found = check(every_tenth(), random_market(rows=101), go_on=lambda: next(asked))
    assert (found.verdict, found.cuts) == ("clean", 2)


def test_what_is_raised_over_all_bars_is_raised():
    def fail(broker: Broker) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        check(scripted({30: fail}), random_market(rows=60))


def tomorrow() -> type[Strategy]:
    class Tomorrow(Strategy):
        """Fail where there is no tomorrow, but for the last bar of all."""

        def prepare(self, market: Market) -> None:
            self.market = market

        def on_bar(self, now: Now, broker: Broker) -> None:
            if now.row < 79 and self.market.close[now.row + 1, 0] > 0 and now.row % 20 == 0:
                broker.target(broker.symbols[0], weight=0.1 + now.row / 1000)

    return Tomorrow


def test_raising_at_a_bar_for_want_of_the_next_is_a_leak():
    found = check(tomorrow(), random_market(rows=80))
    assert found.verdict == "leaking"
    assert "raises IndexError" in found.change.otherwise


def needs_bars() -> type[Strategy]:
    class NeedsBars(Strategy):
        """Honest, but it cannot do with fewer than 50 bars."""

        def prepare(self, market: Market) -> None:
            self.window = np.lib.stride_tricks.sliding_window_view(market.close, 50, axis=0)

        def on_bar(self, now: Now, broker: Broker) -> None:
            if now.row >= 49 and now.row % 7 == 0:
                mean = self.window[now.row - 49].mean(axis=1)[0]
                broker.target(broker.symbols[0], weight=0.5 * (now.close[-1, 0] > mean))

    return NeedsBars


def test_a_strategy_that_needs_more_bars_is_judged_by_the_noise():
    found = check(needs_bars(), random_market(rows=120, gaps=0))
    assert (found.verdict, found.share) == ("clean", 1.0)
    assert found.failed > 0
    assert "window shape cannot be larger" in found.failure


@pytest.mark.parametrize("rows_a_session", [1, 6])
def test_leaks_are_found_on_bars_of_any_length(rows_a_session):
    daily = bars(100 + np.cumsum(np.random.default_rng(3).normal(0, 1, (200, 2)), axis=0))
    made = daily if rows_a_session == 1 else intraday(daily, rows_a_session)
    there = Market.build(("A", "B"), made)
    (file,) = [file for file in planted.LEAKING if file.stem == "tomorrows_open"]
    found = check(strategies.load_file(file), there, cuts=10)
    assert found.verdict == "leaking"
    assert found.change.bar == there.name_of(found.change.row)


def asked(weights, made: Market) -> Asked:
    return Asked.of(orders_of(np.array(weights), made, 0, "change"))


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [
        ([[0.1], [0.2], [0.3]], [[0.1], [0.2], [0.3]], None),
        ([[0.1], [0.2], [0.3]], [[0.1], [0.3], [0.3]], (1, 0)),
        ([[0.1], [0.1], [0.3]], [[0.1], [0.2], [0.3]], (1, 0)),
        ([[0.1], [0.2], [0.3]], [[0.1], [0.2], [0.2]], None),
        ([[NAN], [NAN], [NAN]], [[NAN], [0.2], [NAN]], (1, 0)),
        ([[0.1], [0.1 + 1e-11], [0.3]], [[0.1], [0.1], [0.3]], None),
    ],
)
def test_decisions_are_compared_up_to_the_cut_as_rounded(one, other, place):
    made = market({"IBM": [1.0, 2.0, 3.0]})
    assert first_change(asked(one, made), asked(other, made), until=1) == place


def test_what_was_decided_is_told_in_the_words_it_was_asked_with():
    def order(broker: Broker) -> None:
        broker.buy("IBM", quantity=3, limit=90.5, tif="day", stop_loss=0.05)
        broker.sell("IBM", value=250, reduce_only=True)

    made = market({"IBM": [100.0] * 4})
    found = Asked.of(simulate(scripted({1: order}), made).state.orders)
    assert found.told(1, 0) == (
        "buy quantity 3 as limit limit 90.5 stop_loss 0.05 for the day, sell value 250 reduce only"
    )
    assert found.told(2, 0) == "nothing"


def test_cuts_begin_with_decisions_and_are_spread():
    days = sessions(1000)
    decided = np.arange(100, 900, 8)
    chosen = cuts_of(decided, days, 0, 60)
    assert len(set(chosen)) == 60
    assert {100, 892} <= set(chosen[:6])
    assert len(set(chosen) & set(decided.tolist())) >= 25
    for part in range(4):
        assert sum(part * 250 <= cut < part * 250 + 250 for cut in chosen) >= 8
    fridays = [cut for cut in chosen if days[cut].item().weekday() == 4]
    assert len(fridays) >= 12


def test_short_timelines_are_cut_everywhere_but_at_the_end():
    assert sorted(cuts_of(np.array([3]), sessions(20), 5, 100)) == list(range(5, 19))
    assert cuts_of(np.array([0]), sessions(1), 0, 100) == []


def test_noise_keeps_the_past_and_goes_on_plausibly():
    made = random_market(seed=2, rows=300, late=100)
    noise = noise_of(made, seed=1)
    for cut in (50, 150, 250):
        other = with_future(made, cut, noise)
        for name in ("open", "high", "low", "close", "volume"):
            mine, yours = getattr(made, name), getattr(other, name)
            np.testing.assert_array_equal(mine[: cut + 1], yours[: cut + 1])
        Market.build(other.symbols, other.raw)  # all of it is what the engine takes for bars
        ahead = other.raw.close[cut + 1 :]
        assert (np.isnan(ahead) | (ahead != made.raw.close[cut + 1 :])).all()
        moves = np.abs(np.diff(np.log(ahead[:, 0][~np.isnan(ahead[:, 0])])))
        assert moves.max() < 0.5
        assert np.isfinite(other.raw.volume[cut + 1 :][~np.isnan(ahead)]).all()


def test_the_mirror_falls_where_the_noise_rises():
    made = random_market(seed=2, rows=100, gaps=0)
    noise = noise_of(made, seed=1)
    one, other = (
        with_future(made, 60, each).raw.close[60:62] for each in (noise, noise.mirrored())
    )
    rises = (one[1] > one[0], other[1] > other[0])
    assert (rises[0] != rises[1]).all()


def test_one_seed_is_one_noise():
    made = random_market(rows=50)
    first, again, other = (noise_of(made, seed).close for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_noise_carries_quotes_as_the_market_does():
    plain = random_market(seed=4, rows=80, gaps=0).raw
    prices = plain[3:7]
    ask, bid = (QuotedPrices._make(each * part for each in prices) for part in (1.001, 0.999))
    made = Market.build(("AAPL", "IBM", "MSFT"), plain._replace(ask=ask, bid=bid))
    other = with_future(made, 40, noise_of(made, seed=1), rows=60)
    assert len(other.sessions) == 60
    Market.build(other.symbols, other.raw)
    spread = other.raw.ask.close / other.raw.bid.close
    np.testing.assert_allclose(spread, 1.001 / 0.999)


def test_exits_that_targets_brings_are_decisions_too():
    def held(stop_loss: float) -> type[Strategy]:
        class Held(Strategy):
            """Hold, with a stop-loss that knows how long the market is."""

            def targets(self, market: Market) -> Targets:
                known = stop_loss or 1 / len(market.sessions)
                return Targets(np.full(market.close.shape, 0.3), stop_loss=known)

        return Held

    assert check(held(0.05), random_market(rows=40, gaps=0)).verdict == "clean"
    found = check(held(0.0), random_market(rows=40, gaps=0))
    assert found.verdict == "leaking"
    assert "stop_loss" in found.change.decided


@pytest.mark.parametrize(("symbols", "cuts"), [(1, 36), (2, 18), (5, 12)])
def test_bar_by_bar_each_symbol_makes_a_check_dearer(symbols, cuts):
    market = random_market(1, 3270, tuple("ABCDE"[:symbols]), gaps=0.0)
    one = Check(Rehearsal(scripted({}), {}, Options()), market)
    assert one._affordable() == cuts

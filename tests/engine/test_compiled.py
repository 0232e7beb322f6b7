"""The compiled loop and the plain one: the same ledger, byte for byte."""

import math
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import engine
from engine import (
    Account,
    Costs,
    Market,
    Options,
    OrderError,
    Run,
    Strategy,
    rulebook,
    simulate,
    speed,
)
from engine.loop import advance
from engine.money import LARGEST, UNIT, added, value_of, whole
from engine.rulebook import fingerprint
from engine.speed import Pace
from engine.state import State
from engine.tables import whole_of
from tests.builders.bars import market
from tests.builders.robots import weighted
from tests.builders.worlds import any_options, markets, random_script
from tests.conftest import MACHINE_CODE

pytestmark = pytest.mark.engine

numba = pytest.importorskip("numba", reason="Numba has no build for this platform")
if numba.config.DISABLE_JIT:
    pytest.skip("Numba is switched off", allow_module_level=True)

from engine import compiled as machine  # noqa: E402 - imports Numba

NEVER = Pace(math.inf, math.inf)
AT_ONCE = st.integers(0, 10**6)
WHOLE = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def _compiled_here(at_once: Pace) -> None:
    assert at_once.compiled is not None


def played(pace: Pace, play: Callable[[], Run]) -> Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(speed, "PACE", pace)
        return play()


def assert_same(at_once: Pace, play: Callable[[], Run]) -> Run:
    plain, compiled = played(NEVER, play), played(at_once, play)
    assert compiled.ledger() == plain.ledger()
    assert _arrays(compiled) == _arrays(plain)
    return plain


def _arrays(run: Run) -> dict[str, bytes]:
    """All that the loop leaves, without what the tables have room for."""
    found = {}
    for name, value in run.state._asdict().items():
        if isinstance(value, tuple):
            used = getattr(value, "used", None)
            rows = len(value[0]) if used is None else int(used[0])
            found |= {f"{name}.{field}": array[:rows].tobytes() for field, array in _fields(value)}
        else:
            found[name] = np.asarray(value).tobytes()
    return found


def _fields(table: Any) -> Iterator[tuple[str, Any]]:
    yield from ((name, array) for name, array in table._asdict().items() if name != "price")


class Weights(Strategy):
    """Whatever a seed says, as weights with exits; the seed is the first price."""

    rebalance = "row"

    def targets(self, market: Market) -> Any:
        seed = int(np.nan_to_num(market.close[0]).sum())
        weights = np.random.default_rng(seed).uniform(-0.4, 0.4, market.close.shape)
        return engine.Targets(weights, stop_loss=0.05, take_profit=0.08, trailing=0.1)


@WHOLE
@given(made=markets(), options=any_options(), seed=AT_ONCE)
def test_orders_of_every_kind(at_once, made, options, seed):
    assert_same(at_once, lambda: simulate(random_script(seed), made, options=options))


@WHOLE
@given(made=markets(), options=any_options())
def test_weights_of_both_signs(at_once, made, options):
    assert_same(at_once, lambda: simulate(Weights, made, options=options))


def test_tables_that_run_short_of_room(at_once):
    made = market({"IBM": list(100 + np.sin(np.arange(400.0)))})
    run = assert_same(at_once, lambda: simulate(random_script(5, busy=1.0), made))
    assert len(run.events) > 400


def test_a_run_turns_to_the_compiled_loop_on_its_way(at_once):
    made = market({"IBM": list(100 + np.sin(np.arange(300.0)))})
    midway = Pace(40, 40)
    midway._prepare = lambda *_: setattr(midway, "compiled", at_once.compiled)
    whole_run = assert_same(midway, lambda: simulate(random_script(5), made))
    assert 40 <= midway.played < 50
    assert whole_run.fills[-1].row > 200


def test_a_cost_model_of_own_python_runs_plain(at_once):
    costs = Costs(own_fee=lambda quantity, value, maker: 1.0 + quantity)
    made = market({"IBM": [100.0, 101.0, 102.0, 99.0]})
    options = Options(costs=costs)
    assert_same(at_once, lambda: simulate(random_script(3, busy=1.0), made, options=options))


def test_threads(at_once):
    made = market({"IBM": list(100 + np.sin(np.arange(300.0)))})
    seeds = list(range(8))
    expected = [played(NEVER, lambda: simulate(random_script(seed), made)) for seed in seeds]  # noqa: B023
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(4) as pool:
        patch.setattr(speed, "PACE", at_once)
        found = list(pool.map(lambda seed: simulate(random_script(seed), made), seeds))
    assert [run.ledger() for run in found] == [run.ledger() for run in expected]


AMOUNTS = st.integers(-LARGEST, LARGEST) | st.sampled_from([-LARGEST, LARGEST, UNIT, 1, 0, -1])


def _or_refused(function: Callable[..., int], *values: Any) -> object:
    try:
        return function(*values)
    except OverflowError:
        return "refused"


@pytest.fixture(scope="module")
def compiled_money(at_once: Pace) -> dict[str, Callable[..., int]]:
    return {rule.__name__: numba.njit(rule) for rule in (value_of, added, whole)}


@settings(max_examples=300, deadline=None)
@given(quantity=AMOUNTS, price=AMOUNTS, multiplier=st.sampled_from([1.0, 0.1, 50.0]))
def test_money_refuses_before_it_wraps(compiled_money, quantity, price, multiplier):
    for rule, values in (
        (value_of, (quantity, price, multiplier)),
        (added, (quantity, price)),
        (whole, (quantity * multiplier * 7,)),
    ):
        plain = _or_refused(rule, *values)
        assert _or_refused(compiled_money[rule.__name__], *values) == plain
        assert plain == "refused" or abs(plain) <= LARGEST


@pytest.mark.parametrize("price", [1e-8, 1.0, 1e9])
@pytest.mark.parametrize("step", [1e-4, 0.5, 2.0, 1e4])
@pytest.mark.parametrize("seed", range(3))
def test_amounts_at_the_edge_of_what_can_be_counted(at_once, price, step, seed):
    prices = np.clip(price * step ** np.arange(6.0), 1e-8, 1e9).tolist()
    made = market({"IBM": prices})
    opening = Account.of_cash("80000000000")
    options = Options(lot_size=1e-8, leverage=5.0, participation=None)

    def told() -> str:
        try:
            script = random_script(seed, busy=1.0)
            return simulate(script, made, opening=opening, options=options).ledger()
        except OrderError as error:
            return str(error)

    assert played(at_once, told) == played(NEVER, told)


LATER = """
import sys
if sys.argv[2] == "without":
    sys.modules["numba"] = None
from engine import simulate, speed
from tests.builders.bars import market
from tests.builders.worlds import random_script
speed.PACE = speed.Pace(0, float("inf"), sys.argv[1])
made = market({"IBM": [100.0 + at % 7 for at in range(100)]})
print(simulate(random_script(9), made).ledger())
print(speed.PACE.compiled is not None, file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("how", "compiled"), [("stored", True), ("without", False), ("switched off", False)]
)
def test_another_process(how, compiled):
    """It loads what lies on disk, or does without."""
    made = market({"IBM": [100.0 + at % 7 for at in range(100)]})
    expected = played(NEVER, lambda: simulate(random_script(9), made)).ledger()
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1" if how == "switched off" else "0"}
    root = Path(engine.__file__).parents[1]
    run = subprocess.run(
        [sys.executable, "-c", LATER, str(MACHINE_CODE), how.split()[0]],
        cwd=root, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout == expected + "\n"
    assert run.stderr.split() == [str(compiled)]


def _code(folder: object) -> machine.Compiled:
    run = played(NEVER, lambda: simulate(random_script(9), market({"IBM": [100.0, 101.0]})))
    rules = Options().rules(run.market.symbols)
    return machine.Compiled(run.state, run.market.prices, rules, str(folder))


def _twice(number: int) -> int:
    return 2 * number


def test_where_nothing_can_be_written_it_is_compiled_for_the_process_alone(tmp_path):
    (tmp_path / "file").write_text("no folder")
    code = _code(tmp_path / "file")
    assert not code.stored()
    twice = code._dispatcher(_twice)
    twice.compile((numba.int64,))
    assert twice(21) == 42
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


@pytest.mark.parametrize(("content", "error"), [(b"", "EOFError"), (b"garbage", "UnpicklingError")])
@pytest.mark.parametrize("compile_after", [0, math.inf])
def test_unreadable_machine_code_is_done_without(tmp_path, content, error, compile_after):
    def play() -> Run:
        return simulate(random_script(9), made)

    made = market({"IBM": [100.0 + at % 7 for at in range(100)]})
    Path(_code(tmp_path).advance._cache._cache_file._index_path).write_bytes(content)
    pace = Pace(0, compile_after, str(tmp_path))
    with pytest.warns(
        RuntimeWarning, match=rf"cannot be had \({error}.* remove {tmp_path}"
    ) as told:
        run = played(pace, play)
    assert len(told) == 1
    assert run.ledger() == played(NEVER, play).ledger()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        played(pace, play)
    assert pace.compiled is None


def test_what_another_thread_has_loaded_is_not_loaded_again(at_once, monkeypatch):
    class Late:
        """A lock that is had only once the other thread is done."""

        def acquire(self, _blocking: bool) -> bool:
            pace.compiled = at_once.compiled
            return True

        def release(self) -> None:
            pass

    pace = Pace(0, 0)
    monkeypatch.setattr(pace, "_lock", Late())
    monkeypatch.setattr(pace, "_prepare", lambda *_: pytest.fail("loaded twice"))
    made = market({"IBM": [100.0, 101.0]})
    played(pace, lambda: simulate(random_script(9), made))
    assert pace.compiled is at_once.compiled


def test_orders_count_like_bars():
    def counted(symbols: int) -> int:
        pace = Pace(math.inf, math.inf)
        made = market({f"S{at}": [100.0, 101.0, 99.0, 102.0] for at in range(symbols)})
        weights = np.full(made.raw.close.shape, 0.9 / symbols)
        played(pace, lambda: simulate(weighted(weights, "row"), made))
        return pace.played

    assert counted(20) > 5 * counted(1)


def test_what_lies_on_disk_is_named_by_all_rules(monkeypatch):
    assert _code(MACHINE_CODE).stored()
    rules = machine._register()
    assert advance in rules
    assert value_of in rules
    assert (MACHINE_CODE / fingerprint(rules, numba.__version__)).is_dir()
    before = fingerprint(rules, "1")
    assert fingerprint(rules, "2") != before
    other = [rule if rule is not value_of else added for rule in rules]
    assert fingerprint(other, "1") != before
    monkeypatch.setattr(rulebook, "source", lambda module: b"changed" * (module == "money"))
    assert fingerprint(rules, "1") != before


def _state() -> Any:
    run = played(NEVER, lambda: simulate(random_script(9), market({"IBM": [100.0, 101.0]})))
    return run.state


def test_words_are_written_anew_where_an_array_is_another():
    state, words = _state(), machine.Words(machine.STATE)
    first = words.of(state).copy()
    orders = state.orders._replace(row=state.orders.row.copy())
    assert (words.of(state._replace(orders=orders)) != first).sum() == 1
    assert (words.of(state) == first).all()


def _at_their_own_addresses(state: State) -> Any:
    """Words of the same columns, each an array of its own."""
    tables = {
        name: type(table)(*(column.copy() for column in table))
        for name, table in zip(state._fields, state, strict=True)
        if isinstance(table, machine.TABLES)
    }
    return state._replace(**tables)


def test_the_words_of_a_table_point_to_its_columns():
    state, words = _state(), machine.Words(machine.STATE)
    by_table = words.of(state).copy()
    assert all(whole_of(table) is not None for table in state if isinstance(table, machine.TABLES))
    apart = _at_their_own_addresses(state)
    assert all(whole_of(table) is None for table in apart if isinstance(table, machine.TABLES))
    words.of(apart)
    told = {field.name: field for field in machine.STATE.fields}
    for name in ("orders", "waiting", "events"):
        for field, column in zip(told[name].kind.fields, getattr(state, name), strict=True):
            at = told[name].place + field.place
            assert by_table[at : at + 2].tolist() == [column.ctypes.data, len(column)]
    assert (words.of(state) == by_table).all()


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (np.zeros(4, np.int64)[::2], "contiguous"),
        (np.zeros(1, np.int32), "1 dimensions of int32.*for 1 of int64"),
        (np.zeros(1), "1 dimensions of float64"),
        (np.zeros((1, 1), np.int64), "2 dimensions of int64"),
        ([0], "contiguous array"),
        (None, "contiguous array"),
    ],
)
def test_what_the_machine_code_would_misread_is_refused(wrong, reason):
    state, words = _state(), machine.Words(machine.STATE)
    words.of(state)
    with pytest.raises(ValueError, match=rf"State\.quantity .*{reason}"):
        words.of(state._replace(quantity=wrong))
    with pytest.raises(ValueError, match=r"State\.waiting\.used "):
        words.of(state._replace(waiting=state.waiting._replace(used=wrong)))
    words.of(state)


class Inner(NamedTuple):
    item: Any


class Outer(NamedTuple):
    item: Inner
    other: Any


def test_a_field_may_have_the_name_of_what_it_lies_in():
    first, second = np.zeros(1, np.int64), np.zeros(1, np.int64)
    struct = machine.Struct("Outer").lay_out(Outer(Inner(first), first))
    words = machine.Words(struct)
    before = words.of(Outer(Inner(first), first)).copy()
    inner = Inner(second)
    assert (words.of(Outer(inner, first)) != before).sum() == 1
    assert (words.of(Outer(Inner(first), first)) == before).all()


def test_a_field_that_was_none_is_refused_with_something_in_it():
    struct = machine.Struct("Inner").lay_out(Inner(None))
    with pytest.raises(ValueError, match=r"Inner\.item is 1"):
        machine.Words(struct).of(Inner(1))

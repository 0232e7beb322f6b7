"""The compiled loop and the plain one: the same ledger, byte for byte."""

import fcntl
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

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
from tests.builders.bars import market
from tests.builders.worlds import any_options, markets, random_script

pytestmark = pytest.mark.engine

numba = pytest.importorskip("numba", reason="Numba has no build for this platform")
if numba.config.DISABLE_JIT:
    pytest.skip("Numba is switched off", allow_module_level=True)

from engine import compiled as machine  # noqa: E402 - imports Numba

NEVER = Pace(math.inf, math.inf)
AT_ONCE = st.integers(0, 10**6)
WHOLE = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder of machine code for all workers."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "machine_code"
    shared.mkdir(exist_ok=True)
    return shared


@pytest.fixture(scope="module")
def at_once(folder: Path) -> Pace:
    """Compiles from the first bar on; made by one worker, loaded by the others."""
    pace = Pace(0, 0, str(folder))
    with (folder / "lock").open("w") as lock, pytest.MonkeyPatch.context() as patch:
        fcntl.flock(lock, fcntl.LOCK_EX)
        patch.setattr(speed, "PACE", pace)
        simulate(random_script(1), market({"IBM": [100.0, 101.0]}))
    assert pace.compiled is not None
    return pace


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
    assert 40 <= midway.played < len(made.sessions)
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
def test_another_process(at_once, folder, how, compiled):
    """It loads what lies on disk, or does without."""
    made = market({"IBM": [100.0 + at % 7 for at in range(100)]})
    expected = played(NEVER, lambda: simulate(random_script(9), made)).ledger()
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1" if how == "switched off" else "0"}
    root = Path(engine.__file__).parents[1]
    run = subprocess.run(
        [sys.executable, "-c", LATER, str(folder), how.split()[0]],
        cwd=root, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout == expected + "\n"
    assert run.stderr.split() == [str(compiled)]


def _code(at: Pace, folder: object) -> machine.Compiled:
    run = played(NEVER, lambda: simulate(random_script(9), market({"IBM": [100.0, 101.0]})))
    rules = Options().rules(run.market.symbols)
    return machine.Compiled(run.state, run.market.prices, rules, str(folder))


def test_where_nothing_can_be_written_it_is_compiled_for_the_process_alone(at_once, tmp_path):
    (tmp_path / "file").write_text("no folder")
    code = _code(at_once, tmp_path / "file")
    assert not code.stored()
    code.compile()
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_what_lies_on_disk_is_named_by_all_rules(at_once, folder, monkeypatch):
    assert _code(at_once, folder).stored()
    rules = machine._register()
    assert advance in rules
    assert value_of in rules
    assert (folder / fingerprint(rules, numba.__version__)).is_dir()
    before = fingerprint(rules, "1")
    assert fingerprint(rules, "2") != before
    other = [rule if rule is not value_of else added for rule in rules]
    assert fingerprint(other, "1") != before
    monkeypatch.setattr(rulebook, "source", lambda module: b"changed" * (module == "money"))
    assert fingerprint(rules, "1") != before


def test_words_are_written_anew_where_an_array_is_another(at_once):
    run = played(NEVER, lambda: simulate(random_script(9), market({"IBM": [100.0, 101.0]})))
    words = machine.Words(machine.STATE)
    first = words.of(run.state).copy()
    orders = run.state.orders._replace(row=run.state.orders.row.copy())
    assert (words.of(run.state._replace(orders=orders)) != first).sum() == 1
    assert (words.of(run.state) == first).all()
    with pytest.raises(ValueError, match="contiguous"):
        words.of(run.state._replace(quantity=np.zeros(4, np.int64)[::2]))

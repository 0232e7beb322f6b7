"""A saved run comes back as it was, and nothing else is taken for one."""

import io
import json
import zipfile
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import ParameterError
from functions.local import saved
from functions.local.backtest import Request, Terms, simulated
from functions.services.reporting.finished import Finished
from functions.services.reporting.identity import identity
from tests.builders.typed import Typing

BRACKETS = """
from engine import Strategy

class Both(Strategy):
    \"\"\"Exits on both sides, so near that one bar reaches both.\"\"\"
    def on_bar(self, now, broker):
        if not broker.quantity("IBM"):
            broker.buy("IBM", quantity=10, stop_loss=0.003, take_profit=0.003)
"""


def terms(*settings: str) -> Terms:
    return Terms.parse(
        "IBM", start="2008-01-02", end="2009-12-31", cash="5000", settings=settings,
        provider="sample",
    )  # fmt: skip


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Finished:
    file = tmp_path_factory.mktemp("own") / "both.py"
    file.write_text(BRACKETS)
    return simulated(Request.of(str(file), terms("leverage=2", "commission_bps=1")))


@pytest.fixture(scope="module")
def kept(finished) -> bytes:
    return saved.to_bytes(finished)


@pytest.fixture
def file(kept, tmp_path) -> Path:
    path = tmp_path / "kept.run"
    path.write_bytes(kept)
    return path


def test_all_of_it_comes_back(finished, file):
    again = saved.read(file)
    assert again.run.ledger() == finished.run.ledger()
    assert again.benchmark is not None
    assert finished.benchmark is not None
    assert again.benchmark.ledger() == finished.benchmark.ledger()
    assert again.run.trades == finished.run.trades
    assert np.array_equal(again.run.equity_units, finished.run.equity_units)
    assert again.run.options == finished.run.options
    last = len(finished.run.market.sessions) - 1
    assert again.run.account_at(last) == finished.run.account_at(last)
    same = [{k: repr(asdict(v)) for k, v in one.metrics.items()} for one in (again, finished)]
    assert same[0] == same[1]
    assert (again.source, again.length, again.code) == ("sample", "1d", BRACKETS)


def test_the_range_of_an_ambiguous_result_is_kept_without_the_code(finished, file):
    assert finished.run.ambiguous_bars > 0
    worse, better = saved.read(file).run.result_range()
    assert [one.equity_units[-1] for one in (worse, better)] == [
        one.equity_units[-1] for one in finished.run.result_range()
    ]
    assert worse.equity_units[-1] != better.equity_units[-1]


def test_the_same_run_is_the_same_file(finished, kept, file):
    assert saved.to_bytes(finished) == kept
    assert saved.to_bytes(saved.read(file)) == kept


def changed(kept: bytes, **arrays: np.ndarray) -> bytes:
    found = dict(np.load(io.BytesIO(kept)))
    packed = io.BytesIO()
    np.savez_compressed(packed, **{**found, **arrays})
    return packed.getvalue()


def test_a_number_that_was_changed_is_noticed(kept, file):
    cash = np.load(io.BytesIO(kept))["run.money"]
    file.write_bytes(changed(kept, **{"run.money": cash + 1}))
    with pytest.raises(ParameterError, match=r"kept\.run is not as it was written"):
        saved.read(file)


def test_another_version_says_to_save_again(finished, file, monkeypatch):
    monkeypatch.setattr(saved, "FORMAT", 2)
    with pytest.raises(ParameterError, match="another version of robotplug; save it again"):
        saved.read(file)


def pickled() -> bytes:
    packed = io.BytesIO()
    np.savez(packed, about=np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return packed.getvalue()


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("about.npy", b"not an array")
    return packed.getvalue()


NONE = {
    "empty": b"",
    "text": b"equity,cash\n",
    "cut": b"cut",
    "pickle": pickled(),
    "zip": zipped(),
    "one array": b"",
}


@pytest.mark.parametrize("kind", NONE)
def test_what_is_no_saved_run_is_refused(kind, kept, tmp_path):
    content = {"cut": kept[:-100]}.get(kind, NONE[kind])
    path = tmp_path / "other.run"
    path.write_bytes(content)
    if kind == "one array":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    with pytest.raises(ParameterError, match=r"other\.run is no saved run"):
        saved.read(path)


def test_show_prints_what_backtest_printed(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    robotplug = Typing(capsys)
    backtest = ("backtest", "sma_cross", "--symbols", "IBM", "--end", "2003-12-31")
    first = robotplug(*backtest, "--save", "a.run")
    assert first.out.endswith("wrote a.run\n")
    assert robotplug("show", "a.run").out == first.out.removesuffix("wrote a.run\n")
    told = robotplug(*backtest, "--json").out
    assert json.loads(robotplug("show", "a.run", "--json").out) == json.loads(told)
    page = robotplug("show", "a.run", "--report", "a.html")
    assert page.out.endswith("wrote a.html\n")
    direct = robotplug(*backtest, "--report", "b.html")
    assert direct.code == 0
    assert Path("a.html").read_bytes() == Path("b.html").read_bytes()
    assert "<!doctype html>" in Path("a.html").read_text().lower()


def test_a_run_of_other_rules_keeps_their_version_and_says_so(finished, tmp_path):
    old = replace(finished, rules="0-of-old")
    path = tmp_path / "old.run"
    path.write_bytes(saved.to_bytes(old))
    again = saved.read(path)
    assert identity(again).rules == "0-of-old"
    assert identity(again).run == identity(old).run != identity(finished).run
    assert again.notes[-1].startswith("other rules: simulated by version 0-of-old")
    assert not any(note.startswith("other rules") for note in finished.notes)

from pathlib import Path
from typing import Any

import pytest

from engine.errors import ParameterError
from functions import providers
from functions.local.choice import MOST_SYMBOLS, Choice
from functions.providers import Facts
from tests.builders.providers import WrittenProvider

PLACE = Path("here")


def told(**environment: str) -> Choice:
    return Choice.read(environment)


def test_without_settings_it_is_the_sample():
    choice = told()
    assert choice == Choice("sample", ())
    assert choice.checked(["XNYS"]).symbols == ("AAPL", "FB", "GOOG", "IBM", "MSFT")
    assert choice.variables() == {"PROVIDER": "sample"}


def test_symbols_are_read_each_once_and_by_the_providers_own_names():
    assert told(SYMBOLS=" spy, brk-b", PROVIDER="yahoo").symbols == ("SPY", "BRK-B")
    assert told(SYMBOLS="msft,aapl").checked(["XNYS"]).symbols == ("MSFT", "AAPL")


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"PROVIDER": "yaho"}, "no provider named 'yaho'; did you mean 'yahoo'?"),
        ({"SYMBOLS": "SPY,,QQQ"}, "SYMBOLS must be like SPY,QQQ, each once, was 'SPY,,QQQ'"),
        ({"SYMBOLS": "SPY,spy"}, "each once"),
        ({"SYMBOLS": "SPY QQQ"}, "must be like SPY,QQQ"),
        ({"DATA_FOLDER": "bars"}, "DATA_FOLDER is for PROVIDER=files, PROVIDER was sample"),
        ({"PROVIDER": "yahoo", "CRYPTO_EXCHANGE": "kraken"}, "is for PROVIDER=crypto"),
    ],
)
def test_settings_that_make_no_sense_are_refused(environment, says):
    with pytest.raises(ParameterError, match=says.replace("?", r"\?")):
        told(**environment)


def test_a_symbol_that_the_provider_does_not_list_is_named_with_the_nearest():
    with pytest.raises(ParameterError, match=r"sample provider named 'MSF'; did you mean 'MSFT'"):
        told(SYMBOLS="MSF").checked(["XNYS"])


def written(monkeypatch: pytest.MonkeyPatch, **facts: Any) -> Choice:
    provider = WrittenProvider(listed=["A", "B"], **facts)
    monkeypatch.setattr(providers, "get", lambda _name: provider)
    return Choice("written")


def test_a_calendar_without_schedules_is_refused(monkeypatch):
    choice = written(monkeypatch, facts=Facts("XLON", ("1d",)))
    with pytest.raises(ParameterError, match=r"daily schedules for 24/7, XNYS, none for .* XLON"):
        choice.checked(["24/7", "XNYS"])


def test_a_provider_without_daily_bars_is_refused(monkeypatch):
    choice = written(monkeypatch, facts=Facts("XNYS", ("1h",)))
    with pytest.raises(ParameterError, match="decide on daily bars; the written provider has 1h"):
        choice.checked(["XNYS"])


def test_more_symbols_than_a_page_can_show_are_refused(monkeypatch):
    provider = WrittenProvider(listed=[f"S{n}" for n in range(MOST_SYMBOLS + 1)])
    monkeypatch.setattr(providers, "get", lambda _name: provider)
    with pytest.raises(ParameterError, match=r"SYMBOLS must name 1 to 50 symbols .* were 51"):
        Choice("written").checked(["XNYS"])


def test_a_record_goes_on_with_its_own_settings_where_none_are_set():
    kept = Choice("files", ("SPY",), "/bars")
    assert Choice("files").within(kept, PLACE) == kept
    assert Choice("files", ("spy",), "/bars").within(kept, PLACE).symbols == ("SPY",)


@pytest.mark.parametrize(
    "now",
    [
        Choice("sample"),
        Choice("crypto", ("ETH/USD",)),
        Choice("crypto", ("BTC/USD",), exchange="kraken"),
        Choice("crypto", data_folder="/other"),
    ],
)
def test_a_record_is_never_continued_with_another_market(now):
    kept = Choice("crypto", ("BTC/USD",), exchange="bitstamp")
    with pytest.raises(ParameterError, match=r"the record in here is of .* another folder: "):
        now.within(kept, PLACE)


def test_a_choice_is_kept_as_it_was():
    choice = Choice("crypto", ("BTC/USD", "ETH/USD"), exchange="kraken", address="http://x")
    assert Choice.of_dict(choice.to_dict()) == choice
    assert choice.variables() == {
        "PROVIDER": "crypto",
        "SYMBOLS": "BTC/USD,ETH/USD",
        "CRYPTO_EXCHANGE": "kraken",
        "CRYPTO_URL": "http://x",
    }

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from engine.errors import ParameterError
from functions.providers import ProviderError
from functions.providers._patience import Limits, Passing, Patience, retry_after, within

QUICK = Limits(attempts=3, deadline=5.0, first_wait=0.01, failures=2, rest=0.2)


class Source:
    """Raises what it was given, one after the other, then answers."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.seconds = []

    def __call__(self, seconds):
        self.seconds.append(seconds)
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


def test_what_passes_is_asked_again_in_what_is_left_of_the_time():
    source = Source(Passing("once"), Passing("twice"))
    assert Patience("it", QUICK).call(source) == "answer"
    first, second, third = source.seconds
    assert QUICK.deadline >= first > second > third > 0


def test_what_does_not_pass_is_asked_once():
    source = Source(ParameterError("no such symbol"))
    with pytest.raises(ParameterError):
        Patience("it", QUICK).call(source)
    assert len(source.seconds) == 1


def test_the_last_reason_is_told_after_so_many_attempts():
    source = Source(*(Passing(f"number {number}") for number in range(9)))
    with pytest.raises(ProviderError, match="it does not answer: number 2"):
        Patience("it", QUICK).call(source)
    assert len(source.seconds) == QUICK.attempts


def test_after_a_rest_one_question_decides():
    source = Source(*(Passing("down") for _ in range(9)))
    patience = Patience("it", QUICK._replace(attempts=1))
    for reason in ("down", "down", "left alone until"):
        with pytest.raises(ProviderError, match=reason):
            patience.call(source)
    assert len(source.seconds) == 2
    time.sleep(0.25)
    for reason in ("down", "left alone until"):
        with pytest.raises(ProviderError, match=reason):
            patience.call(source)
    time.sleep(0.25)
    source.errors.clear()
    assert [patience.call(source) for _ in range(3)] == ["answer"] * 3


def test_an_answer_clears_the_count_of_failures():
    patience = Patience("it", QUICK._replace(attempts=1))
    for _ in range(4):
        with pytest.raises(ProviderError, match="down"):
            patience.call(Source(Passing("down")))
        patience.call(Source())


def test_a_rest_that_is_asked_for_holds_for_every_question():
    patience = Patience("it", QUICK)
    with pytest.raises(ProviderError, match="does not answer: busy"):
        patience.call(Source(Passing("busy", wait=3600)))
    for _ in range(QUICK.failures + 1):  # none of which the breaker counts
        other = Source()
        with pytest.raises(ProviderError, match=r"it asked to be left alone until \d{4}-.*Z"):
            patience.call(other)
        assert other.seconds == []


def test_after_the_rest_that_was_asked_for_it_is_asked_again():
    patience = Patience("it", QUICK._replace(attempts=1))
    with pytest.raises(ProviderError, match="busy"):
        patience.call(Source(Passing("busy", wait=0.15)))
    with pytest.raises(ProviderError, match="left alone"):
        patience.call(Source())
    time.sleep(0.2)
    assert patience.call(Source()) == "answer"


def test_the_longer_of_two_rests_counts():
    """The breaker's own, where the other side asked for less."""
    patience = Patience("it", QUICK._replace(attempts=1, failures=1, rest=0.4))
    with pytest.raises(ProviderError, match="busy"):
        patience.call(Source(Passing("busy", wait=0.05)))
    time.sleep(0.1)
    with pytest.raises(ProviderError, match="1 times in a row; it is left alone until"):
        patience.call(Source())


def test_a_wait_that_is_asked_for_is_read_in_seconds_and_as_a_date():
    soon = datetime.now(UTC) + timedelta(seconds=30)
    assert 28 < retry_after(format_datetime(soon, usegmt=True)) <= 30
    assert retry_after(format_datetime(soon - timedelta(days=1), usegmt=True)) == 0


def test_work_that_does_not_end_is_given_up():
    forever = threading.Event()
    with pytest.raises(Passing, match="no whole answer in 0 s"):
        within(0.05, forever.wait)
    forever.set()
    assert within(5, lambda: "answer") == "answer"
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 / 0)

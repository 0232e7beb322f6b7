"""How long a provider is asked that is out of reach: again, but not for ever.

Where it says how long it wants to be left alone, nobody in this process asks it sooner, whatever
the question.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Thread
from typing import NamedTuple, TypeVar

from pybreaker import STATE_CLOSED, CircuitBreaker, CircuitBreakerError, CircuitMemoryStorage
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from engine.errors import ParameterError
from functions.providers import ProviderError

T = TypeVar("T")


class Passing(Exception):  # noqa: N818
    """A failure that may pass by itself.

    wait: the seconds that the other side asks to be left alone.
    """

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


class Limits(NamedTuple):
    """How often and how long one question is asked, in seconds where it is a time.

    deadline: after which no attempt begins, and by which each has ended.
    first_wait: the longest wait before the second attempt; it doubles from there.
    failures: questions in a row without an answer, after which none is asked for `rest`.
    """

    attempts: int = 3
    deadline: float = 60.0
    first_wait: float = 2.0
    failures: int = 5
    rest: float = 60.0


LIMITS = Limits()
LONGEST_REST = 86_400.0
"""A server that asks for more than a day has its clock or its units wrong."""


class Patience:
    """Retries with jitter inside a deadline, and a breaker around them."""

    def __init__(self, name: str, limits: Limits = LIMITS) -> None:
        self._name = name
        self._limits = limits
        self._not_before = 0.0
        self._jitter = wait_random_exponential(multiplier=limits.first_wait, max=limits.deadline)
        self._memory = CircuitMemoryStorage(STATE_CLOSED)
        self._breaker = CircuitBreaker(
            limits.failures,
            limits.rest,
            exclude=[ParameterError],
            state_storage=self._memory,
            throw_new_error_on_trip=False,
        )

    def call(self, ask: Callable[[float], T]) -> T:
        """Return what `ask` answers; it is told how many seconds it has.

        What it raises as Passing is tried again; ProviderError tells the last reason. While the
        other side wants to be left alone, `ask` is not called.
        """
        if (left := self._not_before - time.monotonic()) > 0:
            raise ProviderError(
                f"{self._name} asked to be left alone until {_in_seconds(left):%Y-%m-%dT%H:%M:%SZ}"
            )
        try:
            answer: T = self._breaker.call(self._retried, ask)
        except Passing as error:
            raise ProviderError(f"{self._name} does not answer: {error}") from error
        except CircuitBreakerError as error:
            raise ProviderError(self._resting()) from error
        return answer

    def _retried(self, ask: Callable[[float], T]) -> T:
        end = time.monotonic() + self._limits.deadline
        again = Retrying(
            stop=stop_after_attempt(self._limits.attempts)
            | stop_before_delay(self._limits.deadline),
            wait=self._wait,
            retry=retry_if_exception_type(Passing),
            reraise=True,
        )
        answer: T = again(lambda: self._asked(ask, max(end - time.monotonic(), 0.1)))
        return answer

    def _asked(self, ask: Callable[[float], T], seconds: float) -> T:
        try:
            return ask(seconds)
        except Passing as error:
            wait = min(error.wait, LONGEST_REST)
            self._not_before = max(self._not_before, time.monotonic() + wait)
            raise

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, Passing) else 0.0
        return asked + self._jitter(state)

    def _resting(self) -> str:
        opened = self._memory.opened_at or datetime.now(UTC)
        until = opened + timedelta(seconds=self._limits.rest)
        return (
            f"{self._name} did not answer {self._limits.failures} times in a row; "
            f"it is left alone until {until:%H:%M:%SZ}"
        )


def _in_seconds(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def retry_after(text: str | None) -> float:
    """Return the seconds that a Retry-After asks for, which is in seconds or a date.

    >>> retry_after("120"), retry_after(None), retry_after("soon")
    (120.0, 0.0, 0.0)
    """
    text = (text or "").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except ValueError:
        return 0.0


def within(seconds: float, work: Callable[[], T]) -> T:
    """Return what the work returns, or give it up when its time is over.

    For libraries whose own time limit starts again with every byte that comes.
    """
    answers: list[T] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            answers.append(work())
        except Exception as error:
            errors.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not answers:
        raise Passing(f"no whole answer in {seconds:.0f} s")
    return answers[0]

"""Ctrl-C, once and in a hurry: what it sets off is not cut in two."""

import os
import signal
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from functions.local.interrupts import Interrupts

CAUGHT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def interrupts() -> Iterator[Interrupts]:
    before = {number: signal.getsignal(number) for number in CAUGHT}
    made = Interrupts()
    made.catch()
    yield made
    for number, handler in before.items():
        signal.signal(number, handler)


def send(number: int = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", CAUGHT)
def test_each_of_them_interrupts(interrupts, number):
    with pytest.raises(KeyboardInterrupt):
        send(number)


def whole(interrupts: Interrupts, *steps: Callable[[], object]) -> None:
    with interrupts.held():
        send()
        for step in steps:
            step()


def test_held_it_comes_when_the_block_is_through(interrupts):
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        whole(interrupts, partial(done.append, "whole"))
    assert done == ["whole"]


def test_a_second_one_waits_until_it_is_let_through(interrupts):
    with pytest.raises(KeyboardInterrupt):
        send()
    send()  # between two lines of what the first set off
    stopped = []
    with pytest.raises(KeyboardInterrupt), interrupts.let_through():
        stopped.append("never reached")
    send()
    send()
    assert stopped == []


def test_nothing_came_nothing_is_raised(interrupts):
    with interrupts.held():
        pass
    with interrupts.let_through():
        pass


def test_what_fails_while_they_are_held_is_what_is_told(interrupts):
    with pytest.raises(KeyError):
        whole(interrupts, partial({}.pop, "missing"))
    with pytest.raises(KeyboardInterrupt), interrupts.let_through():
        pass

"""Backtests of every kind, each simulated once."""

from functools import cache

import pytest

from functions.services.reporting.tear_sheet import tear_sheet
from tests.builders.finished import KINDS, many


@pytest.fixture(scope="session")
def of_kind():
    """A backtest that is over: of_kind("ruined")."""
    return cache(lambda kind: KINDS[kind]())


@pytest.fixture(scope="session")
def sheet_of(of_kind):
    """Its tear sheet: sheet_of("ruined")."""
    return cache(lambda kind: tear_sheet(of_kind(kind)))


@pytest.fixture(scope="session")
def busy():
    """Three thousand round trips."""
    return many(3000)

"""A report writes a number as the site does."""

import importlib.util
from pathlib import Path

import pytest

from engine.estimates import Estimate
from functions.services.reporting import numerals

VALUES = [None, 0.0, -0.0, 0.0004, -0.0006, 0.12345, -1.005, 12.5, 99_999.995, -1e9, 3.0]
ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def of_site():
    spec = importlib.util.spec_from_file_location(
        "site_numerals", ROOT / "site/plugins/numerals.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("unit", numerals.PLACES)
@pytest.mark.parametrize("signed", [True, False])
def test_numbers_are_written_alike(of_site, unit, signed):
    for value in VALUES:
        assert numerals.shown(value, unit, signed=signed) == of_site.shown(
            value, unit, signed=signed
        )
        assert numerals.trend(value, unit) == of_site.trend(value, unit)


def test_intervals_quantities_and_prices_too(of_site):
    told = {"low": -0.311, "high": 1.154}
    estimate = Estimate(0.4, **told)
    assert numerals.interval(estimate, "ratio") == of_site.interval(told, "ratio")
    for units in (57_00000000, 125050000000, -300000000, 1):
        assert numerals.quantity(units) == of_site.quantity(f"{units / 1e8:.8f}")
    for price in (0.5, 1181.105, 12.0, 0.00012):
        assert numerals.price(price) == of_site.price(price)

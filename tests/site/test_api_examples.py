"""What is asked in the examples of the API's pages."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pytest

PLUGIN = Path(__file__).parents[2] / "site/plugins/api_examples.py"


@pytest.fixture(scope="module")
def examples():
    spec = importlib.util.spec_from_file_location("site_plugin_api_examples_alone", PLUGIN)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def operation(path: str, name: str) -> SimpleNamespace:
    field = SimpleNamespace(place="path", name=name)
    return SimpleNamespace(method="GET", path=path, parameters=[field])


def test_a_path_is_filled_in(examples):
    asked = operation("/robots/{strategy_id}", "strategy_id")
    address = examples.address_of(asked, "https://a.example", {"strategy_id": "sma-cross"})
    assert address == "https://a.example/robots/sma-cross"


def test_a_path_parameter_that_nobody_knows_is_named_with_the_way_out(examples):
    with pytest.raises(ValueError, match=r"GET /moons/\{moon\} needs a value for \{moon\}.*add it"):
        examples.address_of(operation("/moons/{moon}", "moon"), "", {"symbol": "IBM"})

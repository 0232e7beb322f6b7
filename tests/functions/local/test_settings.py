from pathlib import Path

import pytest

from engine.errors import ParameterError
from functions.local.settings import Settings


def test_port_and_pace_have_defaults():
    settings = Settings.read(Path(".local"), {})
    assert (settings.port, settings.pace) == (8000, 5.0)
    assert settings.address == "http://127.0.0.1:8000"


def test_port_and_pace_come_from_the_environment():
    settings = Settings.read(Path(".local"), {"PORT": "8123", "PACE": "0.5"})
    assert (settings.port, settings.pace) == (8123, 0.5)


@pytest.mark.parametrize("port", ["", "0", "65536", "-1", "http", "80 80", "٣"])
def test_a_port_that_cannot_be_is_named(port):
    with pytest.raises(ParameterError, match=r"PORT must be .*, was "):
        Settings.read(Path(".local"), {"PORT": port})


@pytest.mark.parametrize("pace", ["", "-1", "nan", "inf", "fast", "1e9"])
def test_a_pace_that_cannot_be_is_named(pace):
    with pytest.raises(ParameterError, match=r"PACE must be .*, was "):
        Settings.read(Path(".local"), {"PACE": pace})

"""Plugins are found by being there; one that fails is named and stops nothing else."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

import engine.plugins
from engine.errors import ParameterError
from engine.plugins import Plugins

pytestmark = pytest.mark.engine


def pick(thing: object) -> str:
    if isinstance(thing, ModuleType):
        return str(thing.GREETING)
    return str(thing)


@pytest.fixture
def greetings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plugins[str]:
    folder = tmp_path / "greetings_found_by_being_there"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "hello.py").write_text("GREETING = 'hello'\n")
    (folder / "broken.py").write_text("raise RuntimeError('no luck today')\n")
    (folder / "empty.py").touch()
    (folder / "_private.py").write_text("GREETING = 'psst'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = Plugins("greeting", folder.name, "tests.greetings", pick)
    yield found
    for name in [name for name in sys.modules if name.startswith(folder.name)]:
        del sys.modules[name]


def test_a_module_in_the_folder_is_a_plugin(greetings: Plugins[str]) -> None:
    assert greetings.names() == ["hello"]
    assert greetings.get("hello") == "hello"


def test_one_that_fails_is_named_with_its_reason(greetings: Plugins[str]) -> None:
    assert greetings.failures() == {
        "broken": "RuntimeError: no luck today",
        "empty": "AttributeError: module 'greetings_found_by_being_there.empty' "
        "has no attribute 'GREETING'",
    }


def test_asking_for_a_broken_one_says_why(greetings: Plugins[str]) -> None:
    with pytest.raises(ParameterError, match="'broken' does not load: RuntimeError: no luck today"):
        greetings.get("broken")


def test_asking_for_an_unknown_one_names_the_nearest(greetings: Plugins[str]) -> None:
    with pytest.raises(ParameterError, match=r"no greeting named 'helo'; did you mean 'hello'\?"):
        greetings.get("helo")


def test_an_entry_point_is_a_plugin_too(
    greetings: Plugins[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    point = EntryPoint("version", "sys:version", "tests.greetings")
    monkeypatch.setattr(
        engine.plugins, "entry_points", lambda group: [point] if group == greetings.group else []
    )
    assert greetings.names() == ["hello", "version"]
    assert greetings.get("version") == sys.version


def test_a_built_in_name_cannot_be_taken_over(
    greetings: Plugins[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    point = EntryPoint("hello", "sys:version", "tests.greetings")
    monkeypatch.setattr(engine.plugins, "entry_points", lambda group: [point])
    assert greetings.get("hello") == "hello"

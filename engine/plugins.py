"""How every kind of plugin is found: by being there.

A plugin is a module in the kind's own package, or an entry point of the kind's group in any
installed distribution. The built-in ones use the same door.
"""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Generic, TypeVar

from engine.errors import unknown

T = TypeVar("T")


class Plugins(Generic[T]):
    """All plugins of one kind, by name; each is loaded on first use.

    package: whose public modules are plugins, each named after its module.
    group: the entry point group in which other distributions offer theirs.
    pick: takes what was loaded (a module, or the entry point's object) to the plugin;
        raises to refuse it.
    """

    def __init__(self, what: str, package: str, group: str, pick: Callable[[object], T]) -> None:
        self.what = what
        self.group = group
        self._package = package
        self._pick = pick
        self._loaded: dict[str, T] = {}
        self._failed: dict[str, str] = {}

    @cached_property
    def _sources(self) -> dict[str, str | EntryPoint]:
        installed = {point.name: point for point in entry_points(group=self.group)}
        folder: ModuleType = importlib.import_module(self._package)
        built_in = {
            module.name: f"{self._package}.{module.name}"
            for module in pkgutil.iter_modules(folder.__path__)
            if not module.name.startswith("_")
        }
        return {**installed, **built_in}

    def names(self) -> list[str]:
        """Every plugin found that also loads, in alphabetical order."""
        found = sorted(self._sources)
        for name in found:
            self._try(name)
        return [name for name in found if name in self._loaded]

    def failures(self) -> dict[str, str]:
        """The plugins found that do not load, each with its reason."""
        self.names()
        return dict(self._failed)

    def get(self, name: str) -> T:
        """Return one plugin; ParameterError names the nearest, or why it does not load."""
        if name in self._sources:
            self._try(name)
        if name in self._loaded:
            return self._loaded[name]
        error = unknown(self.what, name, self.names())
        if name in self._failed:
            error = type(error)(f"{self.what} {name!r} does not load: {self._failed[name]}")
        raise error

    def _try(self, name: str) -> None:
        if name in self._loaded or name in self._failed:
            return
        source = self._sources[name]
        try:
            thing = importlib.import_module(source) if isinstance(source, str) else source.load()
            self._loaded[name] = self._pick(thing)
        except Exception as error:
            self._failed[name] = f"{type(error).__name__}: {error}"

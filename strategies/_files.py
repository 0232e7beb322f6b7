"""Strategies and the text they were loaded from: a user's own file, or a module already here."""

import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

from engine.errors import OrderError, ParameterError


def module_of(path: Path) -> ModuleType:
    """Run a Python file as a module; ParameterError when there is none, OrderError when it fails.

    This runs the file's code: only for files the user trusts.
    """
    name = f"strategy_file_{path.stem}"
    is_file = path.suffix == ".py" and path.is_file()
    # Absolute, as `__file__` is: a line of its code is looked up by the file's name.
    loader = _AsItStands(name, str(path.absolute())) if is_file else None
    spec = spec_from_file_location(name, path, loader=loader) if loader else None
    if spec is None or loader is None:
        raise ParameterError(f"no strategy file {path}; give the path of a .py file")
    module = module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses and pickle look for its classes
    try:
        loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise OrderError(f"{path} does not run: {_told(error)}") from error
    return module


class _AsItStands(SourceFileLoader):
    """Runs the text of a file, never bytecode kept beside it.

    Python takes kept bytecode for current when the text has the same length and was written in
    the same second: a parameter edited from 10 to 20 would run as 10 and be hashed as 20.
    """

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - the name is the loader's
        return self.source_to_code(self.get_data(self.path), self.path)


def text_of(loaded: type) -> str:
    """Return the text of the module that defines a class, as it stands now.

    OrderError where a distribution left its source out: what has no text cannot be hashed.
    """
    spec = getattr(sys.modules.get(loaded.__module__), "__spec__", None)
    read = getattr(spec and spec.loader, "get_source", None)
    text = read(spec.name) if spec and read else None
    if text is None:
        raise OrderError(f"no source of {loaded.__name__}; install it with its .py file")
    return str(text)


def _told(error: Exception) -> str:
    if isinstance(error, SyntaxError):
        return f"SyntaxError: line {error.lineno}: {error.msg}"
    return f"{type(error).__name__}: {error}"

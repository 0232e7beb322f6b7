"""A strategy in a user's own file."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from engine.errors import OrderError, ParameterError


def module_of(path: Path) -> ModuleType:
    """Run a Python file as a module; ParameterError when there is none, OrderError when it fails.

    This runs the file's code: only for files the user trusts.
    """
    if path.suffix != ".py" or not path.is_file():
        raise ParameterError(f"no strategy file {path}; give the path of a .py file")
    spec = spec_from_file_location(f"strategy_file_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ParameterError(f"no strategy file {path}; give the path of a .py file")
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise OrderError(f"{path} does not run: {type(error).__name__}: {error}") from error
    return module

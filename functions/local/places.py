"""Where in a strategy's own file something went wrong."""

from collections.abc import Iterator
from types import TracebackType


def place_in(error: BaseException) -> str:
    """Return the innermost line of a strategy's file that an error came through, as " at a.py:3".

    The line it was raised at where no such file is on the way.
    """
    own, last = "", ""
    for trace in _traces(error):
        last = _place(trace)
        own = last if _is_strategy(trace) else own
    return own or last


def own_place_in(error: BaseException) -> str:
    """Return the same, and nothing where no file of a strategy is on the way."""
    places = [_place(trace) for trace in _traces(error) if _is_strategy(trace)]
    return places[-1] if places else ""


def _traces(error: BaseException) -> Iterator[TracebackType]:
    trace = error.__traceback__
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _place(trace: TracebackType) -> str:
    return f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


def _is_strategy(trace: TracebackType) -> bool:
    module = str(trace.tb_frame.f_globals.get("__name__", ""))
    return module.startswith(("strategy_file_", "strategies.")) and "strategies._" not in module

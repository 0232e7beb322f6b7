"""Where in a strategy's own file something went wrong."""

from types import TracebackType


def place_in(error: BaseException) -> str:
    """Return the innermost line of a strategy's file that an error came through, as " at a.py:3".

    The line it was raised at where no such file is on the way.
    """
    own, last = "", ""
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        last = f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if module.startswith(("strategy_file_", "strategies.")) and "strategies._" not in module:
            own = last
        trace = trace.tb_next
    return own or last

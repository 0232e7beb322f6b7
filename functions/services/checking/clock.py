"""Another time of the clock for a whole process: what reads the clock decides otherwise."""

import datetime as dt
import inspect
import re
import time
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

LATER = dt.timedelta(days=1_000, hours=7, minutes=31, seconds=23)
"""Another year, month, weekday, day, hour, minute and second."""
NEED_REAL_TIME = ("pandas", "talib")
"""What takes the real classes of datetime when it is loaded, and fails with others."""
READS_NUMPY_CLOCK = re.compile(r"""datetime64\(\s*["'](now|today)""")
_REAL = dt.datetime
_tell: list[Callable[[], None]] = []


def shift_clock(tell: Callable[[], None]) -> None:
    """Let this process think that it is later, for good; tell: called whenever it asks.

    What has taken a function before is not reached.
    """
    _tell.append(tell)
    for name in NEED_REAL_TIME:
        import_module(name)
    real_time, real_local, real_utc = time.time, time.localtime, time.gmtime
    time.time = lambda: real_time() + _ahead().total_seconds()
    time.time_ns = lambda: int(time.time() * 1e9)
    time.localtime = lambda at=None: real_local(time.time() if at is None else at)
    time.gmtime = lambda at=None: real_utc(time.time() if at is None else at)
    dt.datetime, dt.date = _Datetime, _Date  # type: ignore[misc]
    timestamp = import_module("pandas").Timestamp
    for name in ("now", "today", "utcnow"):
        setattr(timestamp, name, _later(getattr(timestamp, name)))


def shift_numpy(module: ModuleType) -> None:
    """Let a module that asks NumPy for the time see the later one too."""
    if READS_NUMPY_CLOCK.search(inspect.getsource(module)):
        for name, value in list(vars(module).items()):
            if value is np:
                setattr(module, name, _Numpy("numpy"))


def _later(real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *given, **named: real(*given, **named) + _ahead()


def _ahead() -> dt.timedelta:
    """How much later it is, for one who asks."""
    for tell in _tell:
        tell()
    return LATER


class _Posing(type):
    """Lets the real classes' instances count as instances of what takes their place."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.__mro__[1])

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(other, cls.__mro__[1])


class _Datetime(dt.datetime, metaclass=_Posing):
    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
        return _REAL.now(tz) + _ahead()

    @classmethod
    def today(cls) -> dt.datetime:  # type: ignore[override]
        return cls.now()

    @classmethod
    def utcnow(cls) -> dt.datetime:  # type: ignore[override]
        return cls.now(dt.UTC).replace(tzinfo=None)


class _Date(dt.date, metaclass=_Posing):
    @classmethod
    def today(cls) -> dt.date:  # type: ignore[override]
        return _Datetime.now().date()


class _Datetime64(np.datetime64, metaclass=_Posing):
    def __new__(cls, *given: Any) -> "_Datetime64":  # noqa: ANN401  (whatever NumPy takes)
        asks = given[:1] in (("now",), ("today",))
        real: _Datetime64 = cls.__mro__[1](*given) + (np.timedelta64(_ahead()) if asks else 0)
        return real


class _Numpy(ModuleType):
    """NumPy, but for its clock."""

    def __getattr__(self, name: str) -> object:
        return _Datetime64 if name == "datetime64" else getattr(np, name)

"""Which files say nothing of prices: programs, and what libraries need in order to be loaded."""

import os
import sys
from collections.abc import Sequence
from typing import NamedTuple

PROGRAMS = (".py", ".pyc", ".so", ".pyd", ".dylib", ".pth", ".nbi", ".nbc")
DATA = (
    *(".csv", ".tsv", ".gz", ".bz2", ".xz", ".zst", ".zip", ".parquet", ".feather", ".arrow"),
    *(".h5", ".hdf5", ".pkl", ".pickle", ".db", ".sqlite", ".sqlite3", ".xlsx", ".xls", ".mat"),
)
"""What bars are kept in, also where they come with a library; its settings end otherwise."""
ZONES = "/zoneinfo/"
SYSTEM = ("/usr/lib/", "/usr/share/", "/etc/", "/proc/", "/sys/")
INSTALLED = tuple({f"{prefix}{os.sep}" for prefix in (sys.prefix, sys.base_prefix)} - {"/usr/"})
PACKAGES = ("/site-packages/", "/dist-packages/")
MODULE = "<module>"


class Call(NamedTuple):
    """A line that is being executed, in a function of a file."""

    file: str
    function: str
    line: int


def is_quiet(place: str) -> bool:
    """Whether a file, by its absolute path, says nothing of prices whoever reads it."""
    if place.endswith(PROGRAMS):
        return True
    return _installed(place) and (ZONES in place or not _is_data(place))


def is_quiet_call(path: str | None, calls: Sequence[Call]) -> bool:
    """Whether what was done says nothing, as a library does it in order to be loaded.

    path: of what was read. calls: between the strategy's file and what was done.
    """
    loads = any(call.function == MODULE and _installed(call.file) for call in calls)
    return loads and not (path and _is_data(path))


def _is_data(path: str) -> bool:
    return path.lower().endswith(DATA)


def _installed(place: str) -> bool:
    return place.startswith((*SYSTEM, *INSTALLED)) or any(each in place for each in PACKAGES)

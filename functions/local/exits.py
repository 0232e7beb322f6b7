"""With which code a command ends; the page of the command line is written from this table."""

from typing import NamedTuple


class Exit(NamedTuple):
    """A code and what it tells whoever called the command."""

    code: int
    meaning: str


OK = Exit(0, "It is done; a check found the strategy clean, a proof the record whole.")
FAILED = Exit(
    1,
    "It could not be done, or the answer is no: a leak, a record that was changed, a run that "
    "does not come out again, something missing that `run` needs.",
)
MEND = Exit(2, "Mend the command, the strategy or the data: the message says which and how.")
UNSURE = Exit(3, "The strategy decided nothing that could be checked.")
INTERRUPTED = Exit(130, "Ctrl-C; what was written before stays.")
CLOSED = Exit(141, "Whoever read the output went away, as `head` does; nothing is said of it.")

ALL = (OK, FAILED, MEND, UNSURE, INTERRUPTED, CLOSED)

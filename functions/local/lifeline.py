"""How a child and its parent know of each other.

A child's standard input is a pipe that only its parent holds open: when the parent is gone,
however it went, the pipe ends and so does the child. What was its standard output tells the
parent how far it is, one JSON object a line; everything else a child says goes to its log.
"""

import json
import logging
import os
import threading
from functools import cache
from typing import TextIO


def hold() -> None:
    """Take up the line to the parent: this process ends as soon as its parent is gone."""
    _parent()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    own = logging.getLogger("functions.local")
    own.setLevel(logging.INFO)
    own.propagate = False
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    own.addHandler(handler)


def tell(**message: object) -> None:
    """Tell the parent something; see functions/local/messages.py for what it understands."""
    _parent().write(json.dumps(message) + "\n")
    _parent().flush()


@cache
def _parent() -> TextIO:
    """Keep standard output for the parent alone; what is printed from here on is the log's."""
    line = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return line


def _end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)

"""What advancing is asked for, and what became of each robot."""

from typing import NamedTuple

from functions.services.market.slots import Slot
from functions.services.record.comparing import Drift


class Due(NamedTuple):
    """The slot an event stands for; deadline: whether this is its last call."""

    slot: Slot
    deadline: bool


class Outcome(NamedTuple):
    """What became of one robot.

    appended: how many slots. waiting: why the newest has not closed yet. drift: why nothing was
    appended. outbox: positions to deliver. moved: whether nothing was appended because another
    advance came first, which may not have come as far.
    """

    robot: str
    appended: int = 0
    waiting: str = ""
    drift: Drift | None = None
    outbox: tuple[int, ...] = ()
    moved: bool = False


Result = Outcome | Exception

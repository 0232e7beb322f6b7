"""Removing a platform from this machine."""

import shutil
from contextlib import ExitStack
from pathlib import Path

from engine.errors import RobotPlugError
from functions.local.folder import holds_other_things, open_folder, platforms_below
from functions.local.postgres import Server


def remove(path: Path) -> None:
    """Stop what a killed run left and remove the folder; one that is not ours stays.

    The platforms of other providers below it go with it. RobotPlugError while one runs.
    """
    if not path.exists():
        return
    if holds_other_things(path):
        raise RobotPlugError(f"{path} is not a platform's folder; it was left as it is")
    with ExitStack() as opened:
        for one in [path, *platforms_below(path)]:
            folder = opened.enter_context(open_folder(one))
            Server(folder.postgres, folder.secrets).stop()
        shutil.rmtree(path)

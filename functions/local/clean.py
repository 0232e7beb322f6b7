"""Removing a platform from this machine."""

import json
import shutil
from contextlib import ExitStack
from pathlib import Path

from engine.errors import RobotPlugError
from functions.local import console
from functions.local.folder import holds_other_things, open_folder, platforms_below
from functions.local.postgres import Server


def print_removed(path: Path, *, as_json: bool) -> None:
    """Remove the folder and say whether there was one."""
    removed = remove(path)
    if as_json:
        print(json.dumps({"folder": str(path), "removed": removed}, indent=2))  # noqa: T201
    elif not removed:
        console.say(f"no folder {path}; there is nothing to remove")
    else:
        console.say(f"removed {path}")


def remove(path: Path) -> bool:
    """Stop what a killed run left and remove the folder; False where there is none.

    One that is not ours stays. The platforms of other providers below it go with it.
    RobotPlugError while one runs.
    """
    if not path.exists():
        return False
    if holds_other_things(path):
        raise RobotPlugError(f"{path} is not a platform's folder; it was left as it is")
    with ExitStack() as opened:
        for one in [path, *platforms_below(path)]:
            folder = opened.enter_context(open_folder(one))
            Server(folder.postgres, folder.secrets).stop()
        shutil.rmtree(path)
    return True

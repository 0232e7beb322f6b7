"""Removing a platform from this machine."""

import shutil
from pathlib import Path

from engine.errors import RobotPlugError
from functions.local.folder import holds_other_things, open_folder
from functions.local.postgres import Server


def remove(path: Path) -> None:
    """Stop what a killed run left and remove the folder; one that is not ours stays.

    RobotPlugError while the platform runs in it.
    """
    if not path.exists():
        return
    if holds_other_things(path):
        raise RobotPlugError(f"{path} is not a platform's folder; it was left as it is")
    with open_folder(path) as folder:
        Server(folder.postgres, folder.secrets).stop()
        shutil.rmtree(path)

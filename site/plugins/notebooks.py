"""The notebooks that the docs speak of, as files to download: /docs/notebook/NAME.ipynb."""

import shutil
from pathlib import Path

from pelican import Pelican
from pelican.plugins import signals


def copy_notebooks(pelican: Pelican) -> None:
    """Copy them with every whole build, as they are."""
    if pelican.settings["DIRTY_SLUGS"] != "all":
        return
    folder = Path(pelican.output_path) / "docs" / "notebook"
    folder.mkdir(parents=True, exist_ok=True)
    for notebook in sorted((Path(pelican.path) / "notebooks").glob("*.ipynb")):
        shutil.copyfile(notebook, folder / notebook.name)


def register() -> None:
    """Tell Pelican."""
    signals.finalized.connect(copy_notebooks)

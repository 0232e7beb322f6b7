"""What tests of functions share: a site that is built in a third of the time."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from functions.services.publication.sitebuild import site_folder


@pytest.fixture(scope="session")
def without_docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site's folder as it is, but for the chapters of its docs; only to be looked at."""
    unread = shutil.ignore_patterns("node_modules", "*.pyc")
    folder = tmp_path_factory.mktemp("site") / "site"
    shutil.copytree(site_folder(), folder, ignore=unread)
    for chapter in (folder / "content" / "docs").iterdir():
        chapter.unlink()
    return folder


@pytest.fixture
def quick_site(without_docs: Path, monkeypatch: Any) -> Path:
    """Builds are of the site without its docs: for tests of what happens before and after one."""
    monkeypatch.setenv("SITE_FOLDER", str(without_docs))
    return without_docs

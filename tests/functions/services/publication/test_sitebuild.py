"""Pelican inside a process that is not its own; a tiny site of its own stands for the real one."""

import logging
from pathlib import Path
from typing import Any

import pytest

from functions.services.publication import sitebuild
from functions.services.publication.mirror import Mirror
from functions.services.publication.sitebuild import SiteError, build
from functions.store.objects import Objects

SETTINGS = """
PATH = "content"
THEME = "theme"
TIMEZONE = "UTC"
PLUGIN_PATHS = ["plugins"]
PLUGINS = ["{plugin}"]
DIRECT_TEMPLATES = []
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
"""
PLUGIN = """
import logging
from pathlib import Path
from pelican.plugins import signals

def told(pelican):
    settings = pelican.settings
    name, dirty = settings["SITEURL"], settings["DIRTY_SLUGS"]
    data = sorted(path.name for path in Path(settings["ROBOT_DATA"]).iterdir())
    output = Path(settings["OUTPUT_PATH"])
    (output / "told.txt").write_text(f"{{name}} {{dirty}} {{data}}")
    {also}

def register():
    signals.finalized.connect(told)
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: Any) -> Any:
    """Make a site whose plugin does something; its data folder holds one file."""
    folder = tmp_path / "site"
    (folder / "content").mkdir(parents=True)
    (folder / "theme" / "templates").mkdir(parents=True)
    (folder / "plugins").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "platform.json").write_text("{}")
    monkeypatch.setenv("SITE_FOLDER", str(folder))

    def make(also: str = "pass") -> tuple[Path, Path]:
        plugin = f"told_{tmp_path.name}"
        (folder / "plugins" / f"{plugin}.py").write_text(PLUGIN.format(also=also))
        (folder / "pelicanconf.py").write_text(SETTINGS.format(plugin=plugin))
        output = tmp_path / "output"
        output.mkdir()
        return tmp_path / "data", output

    return make


def test_the_site_is_told_where_it_stands_what_to_read_and_what_to_write(site):
    data, output = site()
    assert build(data, output, {"b", "a"}, "https://robots.example") == []
    told = (output / "told.txt").read_text()
    assert told == "https://robots.example ['a', 'b'] ['platform.json']"
    build(data, output, "all", "https://robots.example")
    assert (output / "told.txt").read_text().split()[1] == "all"


def test_a_warning_is_heard_each_time(site):
    data, output = site('logging.getLogger("pelican.generators").warning("no %s", "title")')
    for _ in range(3):
        assert build(data, output, "all", "https://robots.example") == ["no title"]


def test_what_pelican_only_logs_as_an_error_fails_the_build(site):
    data, output = site('logging.getLogger("pelican.readers").error("cannot read a.md")')
    with pytest.raises(SiteError, match=r"does not build: cannot read a\.md"):
        build(data, output, "all", "https://robots.example")


def test_plugins_of_one_build_are_not_there_in_the_next_nor_in_anybody_elses(site):
    data, output = site()
    heard = []

    def somebody(pelican: Any) -> None:
        heard.append(pelican)

    signal = sitebuild.signals.finalized
    signal.connect(somebody)
    before = set(signal.receivers_for(None))
    build(data, output, "all", "https://robots.example")
    assert heard == []
    assert set(signal.receivers_for(None)) == before
    signal.disconnect(somebody)


def test_a_build_prints_nothing(site, capfd):
    data, output = site()
    build(data, output, "all", "https://robots.example")
    assert capfd.readouterr() == ("", "")


def test_other_loggers_may_repeat_themselves(caplog):
    assert sitebuild.console.quiet
    logger = logging.getLogger("somebody.else.after.pelican")
    for _ in range(3):
        logger.warning("the same words")
    assert len(caplog.records) == 3


def test_a_mirror_fetches_what_changed_and_drops_what_is_gone(aws, tmp_path):
    bucket = Objects(aws.s3, aws.site_bucket)
    for key in (
        "data/platform.json",
        "data/robots/a/summary.json",
        "data/robots/b/summary.json",
        "data/robots/b/figures/equity.svg",
        "data/robots/b/figures/equity.json",
        "data/robots/half/equity.json",
        "data/leaves/ab.json",
    ):
        bucket.put(key, key.encode())
    mirror = Mirror(bucket, tmp_path)
    assert mirror.refresh() == 5
    assert mirror.slugs() == {"a", "b"}
    assert not (tmp_path / "leaves").exists()
    assert not (tmp_path / "robots/b/figures/equity.json").exists()
    assert mirror.refresh() == 0
    bucket.put("data/robots/a/summary.json", b"newer")
    bucket.delete(["data/robots/b/summary.json"])
    assert mirror.refresh(["data/robots/index.json"]) == 0
    assert mirror.refresh() == 1
    assert (tmp_path / "robots/a/summary.json").read_bytes() == b"newer"
    assert not (tmp_path / "robots/b/summary.json").exists()
    assert mirror.slugs() == {"a"}

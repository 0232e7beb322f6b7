"""How the site's own code is kept apart from the rest."""

import ast
import doctest
import importlib.util
import re
import struct
import sys
import tomllib
import zlib
from pathlib import Path
from types import ModuleType

import pytest

from functions.charts.palette import DARK, LIGHT

SITE = Path(__file__).parents[2] / "site"
PLUGINS = sorted((SITE / "plugins").glob("*.py"))
THEIRS = {"engine", "strategies", "functions", "infra"}


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"site_plugin_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    beside = str(SITE / "plugins")  # as Pelican has it: one plugin may build on another
    sys.path.insert(0, beside)
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(beside)
    return module


def test_the_site_is_never_a_package():
    assert list(SITE.rglob("__init__.py")) == []
    wheel = tomllib.loads((SITE.parent / "pyproject.toml").read_text())["tool"]["hatch"]
    assert "site" not in wheel["build"]["targets"]["wheel"]["packages"]


@pytest.mark.parametrize("path", [*PLUGINS, SITE / "pelicanconf.py"], ids=lambda path: path.stem)
def test_it_reads_published_json_and_imports_none_of_us(path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported & THEIRS == set()


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: path.stem)
def test_what_a_plugin_says_of_itself_is_true(path):
    assert doctest.testmod(load(path)).failed == 0


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_charts_and_pages_have_the_same_colours(palette):
    css = (SITE / "theme/static/css/10-tokens.css").read_text()
    pairs = re.findall(r"(--[a-z-]+): light-dark\((#\w+), (#\w+)\)", css)
    own = {name: (light if palette is LIGHT else dark) for name, light, dark in pairs}
    assert palette.tokens().items() <= own.items()


def test_the_icon_has_the_lines_of_the_drawing():
    favicon = load(SITE / "plugins/favicon.py")
    drawing = (SITE / "theme/static/favicon.svg").read_text()
    assert [len(line) for line in favicon.strokes(drawing)] == [2, 2, 5]
    icon = favicon.icon(drawing)
    size, offset = struct.unpack("<II", icon[14:22])
    assert (icon[offset : offset + 4], offset + size) == (b"\x89PNG", len(icon))
    start, stop = icon.index(b"IDAT") + 4, icon.index(b"IEND") - 8
    rows = zlib.decompress(icon[start:stop])
    pixels = [rows[at + 1 : at + 129] for at in range(0, len(rows), 129)]
    assert pixels[0][3] == 0  # the corner is round
    assert pixels[16][64:68] == b"\x1b\x1f\x2a\xff"
    assert pixels[11][44:48] == b"\xff\xff\xff\xff"


def test_whiskers_show_zero_and_stay_on_their_scale():
    sparklines = load(SITE / "plugins/sparklines.py")
    estimates = [{"value": 0.5, "low": -0.5, "high": 1.5}, {"value": 2.0, "low": 1.0, "high": 3.0}]
    low, high = sparklines.span(estimates)
    assert low < -0.5 < 3.0 < high
    for estimate in estimates:
        drawn = str(sparklines.whisker(estimate, (low, high)))
        places = {key: float(place) for key, place in re.findall(r"--(\w+):([\d.]+)", drawn)}
        assert 0 < places["low"] < places["value"] < places["high"] < 1
        assert places["zero"] == pytest.approx(-low / (high - low), abs=1e-4)


def test_where_there_is_no_interval_its_drawing_waits_hidden():
    sparklines = load(SITE / "plugins/sparklines.py")
    for estimate in ({}, {"value": None, "low": None, "high": None}, {"value": 0.2, "low": None}):
        drawn = str(sparklines.whisker(estimate, (-1.0, 2.0)))
        assert drawn.endswith(" hidden></span>")
        assert 'data-scale="-1.0 2.0"' in drawn


def test_a_sparkline_turns_from_pencil_to_ink_at_registration():
    sparklines = load(SITE / "plugins/sparklines.py")
    equity = {"backtest": {"equity": [1.0, 2.0]}, "record": {"equity": [3.0, 2.0]}}
    drawn = str(sparklines.sparkline(equity))
    pencil = re.search(r'spark-pencil" d="M(.*?)"', drawn)[1].split("L")
    ink = re.search(r'spark-ink" d="M(.*?)"', drawn)[1].split("L")
    assert pencil[-1] == ink[0]
    assert len(pencil) == 2
    assert len(ink) == 3
    assert pencil[-1].split()[1] == ink[1].split()[1]


def test_the_finance_bundle_names_what_it_can_draw(tmp_path):
    fingerprints = load(SITE / "plugins/fingerprints.py")
    theme = tmp_path / "theme"
    (theme / "static").mkdir(parents=True)
    assert fingerprints.assets_of(theme).traces == ""
    bundle = tmp_path / "node_modules" / fingerprints.FINANCE
    bundle.parent.mkdir(parents=True)
    bundle.write_text("// Plotly")
    assert "heatmap" not in fingerprints.assets_of(theme).traces.split()
    assert "scatter" in fingerprints.assets_of(theme).traces.split()


def test_a_changed_theme_has_a_new_name(tmp_path):
    fingerprints = load(SITE / "plugins/fingerprints.py")
    part = tmp_path / "theme/static/css/one.css"
    part.parent.mkdir(parents=True)
    part.write_text("a {}")
    before = fingerprints.assets_of(tmp_path / "theme")
    part.write_text("b {}")
    after = fingerprints.assets_of(tmp_path / "theme")
    assert (before.folder != after.folder, before.plotly == after.plotly) == (True, True)

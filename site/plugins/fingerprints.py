"""Scripts, styles and Plotly under names that change with their content, so they cache forever.

The theme's own files share one folder named by the hash of them all, so that modules find each
other by relative names; Plotly is large and changes on its own, so it has a name of its own.
"""

import hashlib
import shutil
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from pelican import Pelican
from pelican.plugins import signals

FINANCE = "plotly.js-finance-dist-min/plotly-finance.min.js"
FINANCE_TRACES = "bar candlestick funnel funnelarea histogram indicator ohlc pie scatter waterfall"


@dataclass(frozen=True)
class Assets:
    """Where the pages find what they load.

    traces: what the Plotly bundle can draw, empty where that is everything; a chart that it
    cannot draw stays the drawing that it was.
    """

    folder: str
    plotly: str
    traces: str

    @property
    def style(self) -> str:
        """The stylesheet's address."""
        return f"{self.folder}/style.css"

    @property
    def modules(self) -> str:
        """The folder of the scripts."""
        return f"{self.folder}/js"


def assets_of(theme: Path) -> Assets:
    """Name the assets of a theme by their present content."""
    plotly = plotly_bundle(theme.parent)
    short = _hash_of(plotly, plotly.stat().st_mtime_ns)
    return Assets(
        folder=f"/theme/{_theme_hash(theme)}",
        plotly=f"/theme/plotly-{short}.min.js",
        traces=FINANCE_TRACES if plotly.name in FINANCE else "",
    )


def plotly_bundle(site: Path) -> Path:
    """Find Plotly's script: the finance bundle where npm has put it, else the wheel's full one."""
    small = site / "node_modules" / FINANCE
    if small.is_file():
        return small
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("no Plotly script; install plotly, or run npm install in site/")
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"


def stylesheet(theme: Path) -> str:
    """Join the parts of the stylesheet in the order of their names."""
    parts = sorted((theme / "static" / "css").glob("*.css"))
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)


def write_assets(pelican: Pelican) -> None:
    """Put the assets into the output; a build of some robots only needs their names."""
    if pelican.settings["DIRTY_SLUGS"] != "all":
        return
    theme, output = Path(pelican.theme), Path(pelican.output_path)
    assets: Assets = pelican.settings["ASSETS"]
    folder = output / assets.folder.lstrip("/")
    shutil.copytree(theme / "static" / "js", folder / "js", dirs_exist_ok=True)
    (folder / "style.css").write_text(stylesheet(theme), encoding="utf-8")
    shutil.copyfile(plotly_bundle(theme.parent), output / assets.plotly.lstrip("/"))
    shutil.copyfile(theme / "static" / "favicon.svg", output / "favicon.svg")


def _theme_hash(theme: Path) -> str:
    digest = hashlib.sha256()
    for part in sorted(path for path in (theme / "static").rglob("*") if path.is_file()):
        digest.update(part.relative_to(theme).as_posix().encode() + b"\0" + part.read_bytes())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=4)
def _hash_of(path: Path, _modified: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _name_assets(pelican: Pelican) -> None:
    pelican.settings["ASSETS"] = assets_of(Path(pelican.theme))


def register() -> None:
    """Name the assets before the pages are made, write them after."""
    signals.initialized.connect(_name_assets)
    signals.finalized.connect(write_assets)

"""The mark as pictures of the sizes that phones ask for, and the manifest that names them."""

import json
from functools import lru_cache
from pathlib import Path

import resvg_py
from pelican import Pelican
from pelican.plugins import signals

SIZES = {"touch": 180, "192": 192, "512": 512}
# A launcher may cut up to a tenth off each side: the mark stands inside, its body fills the rest.
MASKED = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32"'
    ' fill="#1b1f2a"/><g transform="translate(4.8 4.8) scale(.7)">{}</g></svg>'
)


def write_icons(pelican: Pelican) -> None:
    """Write them with every whole build."""
    if pelican.settings["DIRTY_SLUGS"] != "all":
        return
    output = Path(pelican.output_path)
    drawing = (Path(pelican.theme) / "static" / "favicon.svg").read_text(encoding="utf-8")
    folder = output / "icons"
    folder.mkdir(parents=True, exist_ok=True)
    for name, size in SIZES.items():
        (folder / f"{name}.png").write_bytes(_picture(drawing, size))
    (folder / "masked.png").write_bytes(_picture(MASKED.format(_inner(drawing)), 512))
    manifest = _manifest(pelican.settings["SITENAME"], pelican.settings["SITESUBTITLE"])
    (output / "manifest.webmanifest").write_text(json.dumps(manifest, indent=1), encoding="utf-8")


@lru_cache(maxsize=16)
def _picture(drawing: str, size: int) -> bytes:
    return bytes(resvg_py.svg_to_bytes(svg_string=drawing, width=size, skip_system_fonts=True))


def _inner(drawing: str) -> str:
    """What stands inside of a drawing's outermost element.

    >>> _inner('<svg viewBox="0 0 1 1"><g/></svg>')
    '<g/>'
    """
    return drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")]


def _manifest(name: str, said: str) -> dict[str, object]:
    kind = {"type": "image/png"}
    icons = [{"src": f"/icons/{size}.png", "sizes": f"{size}x{size}"} | kind for size in (192, 512)]
    masked = {"src": "/icons/masked.png", "sizes": "512x512", "purpose": "maskable"} | kind
    return {
        "name": name,
        "short_name": name,
        "description": said,
        "start_url": "/",
        "display": "minimal-ui",
        "background_color": "#f9f8f5",
        "theme_color": "#1b1f2a",
        "icons": [*icons, masked],
    }


def register() -> None:
    """Write the pictures after the pages."""
    signals.finalized.connect(write_icons)

"""Writing a page that stands alone, in one file: no script, nothing fetched."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from functions.charts.svg import STYLE

MARK = (
    '<svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">'
    '<rect class="mark-body" width="32" height="32" rx="8"/>'
    '<path class="mark-line" d="M11 8.5v5.5M21 8.5v5.5M7 22.5l5-2.5 4 3.5 4.5-4.5 4.5 2"/></svg>'
)
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="8" fill="#1b1f2a"/><path fill="none" stroke="#f9f8f5" '
    'stroke-width="2.4" d="M11 8.5v5.5M21 8.5v5.5M7 22.5l5-2.5 4 3.5 4.5-4.5 4.5 2"/></svg>'
)


def written(template: str, **context: object) -> str:
    """Fill a template of this package; whatever is no markup of ours is escaped."""
    css = _css()
    return (
        _environment()
        .get_template(template)
        .render(
            css=Markup(css),  # noqa: S704 - this package's own file
            policy=_policy(css, STYLE),
            icon=quote(ICON),
            mark=Markup(MARK),  # noqa: S704 - the text above
            **context,
        )
    )


def _policy(*styles: str) -> str:
    """Allow these styles by hash, and nothing else."""
    digests = (hashlib.sha256(style.encode()).digest() for style in styles)
    allowed = " ".join(f"'sha256-{base64.b64encode(each).decode()}'" for each in digests)
    return (
        f"default-src 'none'; style-src {allowed}; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


@cache
def _css() -> str:
    return files(__package__).joinpath("pages/style.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(__package__, "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

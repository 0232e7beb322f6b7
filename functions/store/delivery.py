"""How each kind of file is handed to a browser: its content type and how long it is kept."""

import re
from pathlib import PurePosixPath

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".ipynb": "application/x-ipynb+json",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
_FINGERPRINTED = re.compile(r"theme/(?:.*[/.-])?[0-9a-f]{8,64}[/.]")


def content_type_of(key: str) -> str:
    """Return the media type by the file's ending, the same on every machine.

    >>> content_type_of("robots/index.html")
    'text/html; charset=utf-8'
    >>> content_type_of("CNAME")
    'application/octet-stream'
    """
    return CONTENT_TYPES.get(PurePosixPath(key).suffix.lower(), "application/octet-stream")


def cache_control_of(key: str) -> str:
    """Return for ever where the name changes with the content, else a question each time.

    >>> cache_control_of("theme/4f6b1c2d9a01/style.css")
    'public, max-age=31536000, immutable'
    >>> cache_control_of("theme/style.css"), cache_control_of("index.html")
    ('no-cache', 'no-cache')
    """
    named_by_content = key.startswith("data/leaves/") or _FINGERPRINTED.match(key)
    return FOREVER if named_by_content else ASK_AGAIN

"""The whole bucket again, from PostgreSQL: what is published is never the only copy."""

from collections.abc import Collection
from typing import NamedTuple

from functions.services.platform import Platform
from functions.services.publication import league
from functions.services.publication.catalogue import publish_catalogue
from functions.services.publication.documents import Document
from functions.services.publication.pages import publish_pages
from functions.services.publication.publishing import FOLDER, publish_robots
from functions.store import publication, series
from functions.store.objects import objects_in

LEAVES = "data/leaves/"


class Rebuilt(NamedTuple):
    """What one rebuild wrote, and how many objects it removed that PostgreSQL knows nothing of."""

    documents: int
    pages: int
    leaves: int
    removed: int


def rebuild(platform: Platform, openapi: Document | None = None) -> Rebuilt:
    """Write everything that is published into the bucket, whatever is there already.

    A higher seq, a leaf with other bytes, a robot that is gone: none of it stays, as after
    PostgreSQL was restored to an earlier day. What is published meanwhile does stay.
    openapi: the API's description, which only the API can give.
    """
    objects = objects_in(platform.s3, platform.site_bucket)
    with objects.overwriting() as left:
        documents = _write_documents(platform, openapi)
        leaves = _write_leaves(platform, there=())
        # Listed before PostgreSQL was read, so that nothing newer is among it. The league table
        # is written with the pages, which must not find the robots that are gone.
        known_below = (f"{FOLDER}/", LEAVES)
        gone = [key for key in left if key.startswith(known_below) and key not in league.KEYS]
        objects.delete(gone)
        pages = _write_pages(platform)
    return Rebuilt(documents, pages, leaves, len(gone))


def rebuild_site(platform: Platform, openapi: Document | None = None) -> tuple[int, int]:
    """Write catalogue, robots and pages, all that a visitor sees; how many documents and pages."""
    return _write_documents(platform, openapi), _write_pages(platform)


def rebuild_leaves(platform: Platform) -> int:
    """Write the leaves that are not there; how many. Being many, they may come after the pages."""
    objects = objects_in(platform.s3, platform.site_bucket)
    return _write_leaves(platform, there=objects.etags(LEAVES))


def _write_documents(platform: Platform, openapi: Document | None) -> int:
    slugs = publication.public_slugs(platform.connect())
    return publish_catalogue(platform, openapi) + publish_robots(platform, slugs)


def _write_pages(platform: Platform) -> int:
    return publish_pages(platform, "all", trusted=False).uploaded.written


def _write_leaves(platform: Platform, there: Collection[str]) -> int:
    objects = objects_in(platform.s3, platform.site_bucket)
    written, last = 0, ""
    while page := series.leaf_texts(platform.connect(), after=last):
        last = page[-1][0]
        missing = [leaf for leaf in page if _key(leaf) not in there]
        written += objects.put_all_immutable((_key(leaf), leaf[1].encode()) for leaf in missing)
    return written


def _key(leaf: tuple[str, str]) -> str:
    return f"{LEAVES}{leaf[0]}.json"

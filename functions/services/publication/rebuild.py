"""The whole bucket again, from PostgreSQL: what is published is never the only copy."""

from typing import NamedTuple

from functions.services.platform import Platform
from functions.services.publication.catalogue import publish_catalogue
from functions.services.publication.documents import Document
from functions.services.publication.pages import publish_pages
from functions.services.publication.publishing import publish_robots
from functions.store import publication, series
from functions.store.objects import objects_in

LEAVES = "data/leaves/"


class Rebuilt(NamedTuple):
    """What one rebuild wrote."""

    documents: int
    pages: int
    leaves: int


def rebuild(platform: Platform, openapi: Document | None = None) -> Rebuilt:
    """Write everything that is published into the bucket, whatever is there already.

    openapi: the API's description, which only the API can give.
    """
    documents, pages = rebuild_site(platform, openapi)
    return Rebuilt(documents, pages, rebuild_leaves(platform))


def rebuild_site(platform: Platform, openapi: Document | None = None) -> tuple[int, int]:
    """Write catalogue, robots and pages, all that a visitor sees; how many documents and pages."""
    slugs = publication.public_slugs(platform.connect())
    documents = publish_catalogue(platform, openapi) + publish_robots(platform, slugs)
    return documents, publish_pages(platform, "all", trusted=False).uploaded.written


def rebuild_leaves(platform: Platform) -> int:
    """Write the leaves that are not there; how many. Being many, they may come after the pages."""
    objects = objects_in(platform.s3, platform.site_bucket)
    there = objects.etags(LEAVES)
    written, last = 0, ""
    while page := series.leaf_texts(platform.connect(), after=last):
        last = page[-1][0]
        missing = [leaf for leaf in page if _key(leaf) not in there]
        written += objects.put_all_immutable((_key(leaf), leaf[1].encode()) for leaf in missing)
    return written


def _key(leaf: tuple[str, str]) -> str:
    return f"{LEAVES}{leaf[0]}.json"

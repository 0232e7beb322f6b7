"""From dirty robots to pages in the bucket, one build at a time."""

import atexit
import shutil
import tempfile
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from functions.services.platform import Platform
from functions.services.publication import health, league, parities, sitebuild
from functions.services.publication.mirror import ROOT, Mirror
from functions.services.publication.sitebuild import Dirty
from functions.services.publication.upload import (
    MANIFEST,
    Manifest,
    Uploaded,
    read_manifest,
    upload,
)
from functions.store import dirty_pages
from functions.store.objects import Objects, objects_in

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Published(NamedTuple):
    """What one run did; warnings are the site build's own words."""

    robots: list[str]
    uploaded: Uploaded
    warnings: list[str]


def publish_pages(platform: Platform, asked: Dirty = (), *, trusted: bool = True) -> Published:
    """Rebuild the pages of all dirty robots and of those asked for, and upload what differs.

    Everything is built where "all" is asked for, and where the bucket holds no site, or one of
    another theme or content. With nothing dirty nothing is built. A robot that gets dirty during
    the run is the next run's.
    trusted: False uploads everything, whatever the bucket's manifest claims, and removes what
    else stands beside `data/`.
    """
    connection = platform.connect()
    objects = objects_in(platform.s3, platform.site_bucket)
    with dirty_pages.only_builder(platform.connect_beside()):
        waiting = dirty_pages.waiting(connection)
        dirty = _dirty(asked, [page.slug for page in waiting])
        if not dirty:
            return Published([], Uploaded(0, 0, 0), [])
        before = read_manifest(objects) if trusted else _whatever_is_there(objects)
        published = _build(platform, dirty, before)
        dirty_pages.mark_delivered(connection, waiting)
    return published


def _whatever_is_there(objects: Objects) -> Manifest:
    """Of what nobody vouches for, only the names are known: everything differs."""
    keys = [key for key in objects.etags() if not key.startswith(ROOT) and key != MANIFEST]
    return Manifest("", dict.fromkeys(keys, ""))


def _dirty(asked: Dirty, waiting: Collection[str]) -> Dirty:
    return "all" if asked == "all" else {*asked, *waiting}


def _build(platform: Platform, asked: Dirty, before: Manifest) -> Published:
    site = sitebuild.site_version()
    dirty = asked if before.site == site else "all"
    mirror = _mirror(platform.s3, platform.site_bucket)
    mirror.refresh()
    objects, whole = objects_in(platform.s3, platform.site_bucket), dirty == "all"
    league.publish_league(platform, among=mirror.slugs())
    health.publish_health(platform)
    parities.publish_parities(objects, mirror.folder, mirror.slugs())
    mirror.refresh([league.KEY, health.KEY, parities.KEY])
    with tempfile.TemporaryDirectory(prefix="robotplug-site-") as output:
        warnings = sitebuild.build(mirror.folder, Path(output), dirty, platform.site_url)
        uploaded = upload(objects, Path(output), site, before, whole=whole)
    return Published([dirty] if isinstance(dirty, str) else sorted(dirty), uploaded, warnings)


@cache
def _mirror(s3: "S3Client", bucket: str) -> Mirror:
    """One for the life of the process: a warm run fetches only what changed."""
    folder = Path(tempfile.mkdtemp(prefix="robotplug-published-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Mirror(objects_in(s3, bucket), folder)

"""The site bucket over HTTP, as the CDN serves it."""

import gzip
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from anyio.to_thread import run_sync
from botocore.exceptions import ClientError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FRESH_SECONDS = 1.0
KEPT_OBJECTS = 256
_COMPRESSED_FROM_BYTES = 512
_TEXT = ("text/", "application/json", "application/xml", "application/manifest", "image/svg")


class Object(NamedTuple):
    """An object as it is answered; zipped is None where compression gains nothing."""

    body: bytes
    zipped: bytes | None
    etag: str
    content_type: str
    cache_control: str
    asked_at: float


class BucketFiles:
    """An ASGI application over one bucket.

    An object is kept for a second before the bucket is asked again whether it changed, so a
    page is as fresh as its reader can tell and a reload costs no copy.
    """

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._kept: OrderedDict[str, Object] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self._answer(Request(scope))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return PlainTextResponse("Method Not Allowed", 405, {"Allow": "GET, HEAD"})
        path = request.url.path
        key = _key(request.scope["path"])
        if key is None:
            return await self._missing(request)
        found = await run_sync(self._get, key)
        if found is not None:
            return _response(found, request)
        folder = (
            None if key.endswith("/index.html") else await run_sync(self._get, f"{key}/index.html")
        )
        if folder is not None:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"{path}/{query}", 301)
        return await self._missing(request)

    async def _missing(self, request: Request) -> Response:
        page = await run_sync(self._get, "404.html")
        if page is None:
            return PlainTextResponse("Not Found", 404)
        return _response(page, request, status=404)

    def _get(self, key: str) -> Object | None:
        kept = self._kept.get(key)
        if kept is not None and time.monotonic() - kept.asked_at < FRESH_SECONDS:
            return kept
        found = self._fetch(key, kept)
        if found is None:
            self._kept.pop(key, None)
            return None
        self._kept[key] = found
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT_OBJECTS:
            self._kept.popitem(last=False)
        return found

    def _fetch(self, key: str, kept: Object | None) -> Object | None:
        condition = {"IfNoneMatch": kept.etag} if kept else {}
        now = time.monotonic()
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=key, **condition)  # type: ignore[arg-type]
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == 304 and kept is not None:
                return kept._replace(asked_at=now)
            if status == 404:
                return None
            raise
        body = answer["Body"].read()
        content_type = answer["ContentType"]
        return Object(
            body=body,
            zipped=_zipped(body, content_type),
            etag=answer["ETag"],
            content_type=content_type,
            cache_control=answer.get("CacheControl", "no-cache"),
            asked_at=now,
        )


def _key(path: str) -> str | None:
    """Return the object that stands at a path; None for a path that no page has."""
    segments = path.removeprefix("/").split("/")
    if any(segment in ("", ".", "..") for segment in segments[:-1]) or "\0" in path:
        return None
    if segments[-1] in (".", ".."):
        return None
    return "/".join([*segments[:-1], segments[-1] or "index.html"])


def _zipped(body: bytes, content_type: str) -> bytes | None:
    if len(body) < _COMPRESSED_FROM_BYTES or not content_type.startswith(_TEXT):
        return None
    return gzip.compress(body, 6, mtime=0)


def _response(found: Object, request: Request, status: int = 200) -> Response:
    etag = f"W/{found.etag}"
    headers = {
        "ETag": etag,
        "Cache-Control": found.cache_control,
        "Content-Type": found.content_type,
        "Vary": "Accept-Encoding",
    }
    if status == 200 and _matches(request.headers.get("if-none-match", ""), found.etag):
        return Response(status_code=304, headers=headers)
    body = found.body
    if found.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body = found.zipped
        headers["Content-Encoding"] = "gzip"
    return Response(body, status, headers)


def _matches(condition: str, etag: str) -> bool:
    return etag in [value.strip().removeprefix("W/") for value in condition.split(",")]

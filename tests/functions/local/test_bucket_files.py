import gzip
from typing import Any

import pytest

from functions.local.bucket_files import BucketFiles
from tests.builders.asgi import Client

HTML = {"ContentType": "text/html; charset=utf-8", "CacheControl": "no-cache"}
PAGE = b"<h1>robots</h1>" * 100


@pytest.fixture
def bucket(aws: Any) -> Any:
    put = aws.s3.put_object
    put(Bucket="site", Key="index.html", Body=b"home", **HTML)
    put(Bucket="site", Key="robots/index.html", Body=PAGE, **HTML)
    put(Bucket="site", Key="404.html", Body=b"not here", **HTML)
    put(Bucket="site", Key="theme/a.png", Body=b"\x89PNG" * 500, ContentType="image/png")
    put(Bucket="site", Key="data/platform.json", Body=b"{}", ContentType="application/json")
    return aws


@pytest.fixture
def client(bucket: Any) -> Client:
    return Client(BucketFiles(bucket.s3, "site"))


@pytest.mark.parametrize(
    ("path", "body"), [("/", b"home"), ("/robots/", PAGE), ("/data/platform.json", b"{}")]
)
def test_objects_stand_at_their_paths_and_pages_at_their_folders(client, path, body):
    answer = client.get(path)
    assert (answer.status_code, answer.content) == (200, body)


def test_content_type_and_caching_are_the_objects_own(client):
    answer = client.get("/theme/a.png")
    assert answer.headers["content-type"] == "image/png"
    assert client.get("/").headers["cache-control"] == "no-cache"


def test_a_folder_without_its_slash_is_moved_there_with_its_query(client):
    answer = client.get("/robots?sort=equity")
    assert answer.status_code == 301
    assert answer.headers["location"] == "/robots/?sort=equity"


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/nothing/", "/robots/index.html/", "//robots", "//evil.example/robots",
     "/robots/..", "/../robots/", "/%2e%2e/robots/", "/robots/%2e%2e/index.html", "/a%00b"],
)  # fmt: skip
def test_what_is_not_there_is_the_404_page(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.content) == (404, b"not here")


def test_without_a_404_page_there_is_still_an_answer(aws):
    answer = Client(BucketFiles(aws.s3, "site")).get("/")
    assert (answer.status_code, answer.content) == (404, b"Not Found")


def test_an_unchanged_page_is_not_sent_again(client):
    etag = client.get("/robots/").headers["etag"]
    answer = client.get("/robots/", if_none_match=f'"other", {etag}')
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == etag


def test_a_page_is_as_new_as_the_bucket_within_a_second(client, bucket, monkeypatch):
    monkeypatch.setattr("functions.local.bucket_files.FRESH_SECONDS", 0)
    assert client.get("/").content == b"home"
    assert client.get("/").content == b"home"  # the bucket answers that it has not changed
    bucket.s3.put_object(Bucket="site", Key="index.html", Body=b"new", **HTML)
    assert client.get("/").content == b"new"
    bucket.s3.delete_object(Bucket="site", Key="index.html")
    assert client.get("/").status_code == 404


def test_within_that_second_the_bucket_is_not_asked(client, bucket):
    assert client.get("/").content == b"home"
    bucket.s3.put_object(Bucket="site", Key="index.html", Body=b"new", **HTML)
    assert client.get("/").content == b"home"


def test_text_is_compressed_for_those_who_can_read_it_and_images_never(client):
    answer = client.get("/robots/", accept_encoding="br, gzip")
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.content) == PAGE
    assert "content-encoding" not in client.get("/theme/a.png").headers
    plain = client.get("/robots/", accept_encoding="identity")
    assert "content-encoding" not in plain.headers


def test_the_head_of_a_page_has_its_length(client):
    head = client.head("/robots/", accept_encoding="identity")
    assert head.headers["content-length"] == str(len(PAGE))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages_are_only_read(client, method):
    answer = client.request(method, "/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_only_so_many_objects_are_kept(client, bucket, monkeypatch):
    monkeypatch.setattr("functions.local.bucket_files.KEPT_OBJECTS", 2)
    for path in ("/", "/robots/", "/theme/a.png"):
        assert client.get(path).status_code == 200
    assert len(client.app._kept) == 2

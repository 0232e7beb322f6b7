import threading
import urllib.request
from collections.abc import Iterator
from urllib.error import HTTPError

import boto3
import pytest

from functions.local.moto import make_server


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = make_server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def status(url: str, headers: dict[str, str]) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def test_what_the_platform_uses_works(endpoint):
    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **keys)
    s3.create_bucket(Bucket="site")
    s3.put_object(Bucket="site", Key="a", Body=b"1", IfNoneMatch="*")
    with pytest.raises(s3.exceptions.ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket="site", Key="a", Body=b"2", IfNoneMatch="*")
    assert s3.get_object(Bucket="site", Key="a")["Body"].read() == b"1"


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://127.0.0.1:8000"}, {"Host": "rebound.example"}]
)
def test_a_browser_is_refused(endpoint, headers):
    assert status(f"{endpoint}/moto-api/data.json", headers) == 403


def test_it_is_the_headers_that_are_refused(endpoint):
    assert status(f"{endpoint}/moto-api/data.json", {}) == 200

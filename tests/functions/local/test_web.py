import sys
import threading
from types import ModuleType
from typing import Any

import pytest

from functions.local.bucket_files import BucketFiles
from functions.local.connections import Connections
from functions.local.deployment import Function
from functions.local.gateway import BODY_LIMIT_BYTES, Gateway
from functions.local.handlers import Handlers
from functions.local.web import HEADERS, application
from tests.builders.asgi import Client


class EchoedApi(ModuleType):
    """A function that answers what it was asked, and remembers who called."""

    def __init__(self) -> None:
        super().__init__("echoed_api")
        self.events: list[dict[str, Any]] = []
        self.threads: set[int] = set()

    def handler(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        self.events.append(event)
        self.threads.add(threading.get_ident())
        if event["rawPath"] == "/api/v1/broken":
            raise RuntimeError("no database")
        assert context.get_remaining_time_in_millis() > 9000
        return {
            "statusCode": 201,
            "headers": {"content-type": "application/json", "x-robots-tag": "noindex"},
            "cookies": ["a=1; HttpOnly", "b=2"],
            "body": '{"path": "' + event["rawPath"] + '"}',
            "isBase64Encoded": False,
        }


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> EchoedApi:
    module = EchoedApi()
    monkeypatch.setitem(sys.modules, "echoed_api", module)
    return module


@pytest.fixture
def client(api: EchoedApi, aws: Any) -> Client:
    aws.s3.put_object(Bucket="site", Key="index.html", Body=b"home", ContentType="text/html")
    function = Function("api", "echoed_api.handler", 10)
    handlers = Handlers({"api": function})
    files = BucketFiles(aws.s3, "site")
    return Client(application(Gateway(handlers), Connections(handlers), files))


def test_a_request_reaches_the_function_as_an_event_and_its_answer_comes_back(client, api):
    answer = client.post("/api/v1/trades?symbol=AAPL", content=b'{"x": 1}')
    assert (answer.status_code, answer.json()) == (201, {"path": "/api/v1/trades"})
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers.getlist("set-cookie") == ["a=1; HttpOnly", "b=2"]
    event = api.events[0]
    assert (event["version"], event["body"]) == ("2.0", '{"x": 1}')
    assert event["requestContext"]["http"]["method"] == "POST"


def test_one_thread_makes_all_calls(client, api):
    for _ in range(20):
        client.get("/api/v1/health")
    assert len(api.events) == 20
    assert len(api.threads) == 1
    assert threading.get_ident() not in api.threads


def test_a_function_that_fails_is_an_internal_error_and_the_next_call_works(client):
    answer = client.get("/api/v1/broken")
    assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"})
    assert client.get("/api/v1/health").status_code == 201


def test_a_body_beyond_the_limit_never_reaches_the_function(client, api):
    answer = client.post("/api/v1/trades", content=b"x" * (BODY_LIMIT_BYTES + 1))
    assert answer.status_code == 413
    assert api.events == []


def test_everything_else_is_the_site(client, api):
    assert client.get("/").content == b"home"
    assert client.get("/apis").status_code == 404
    assert api.events == []


@pytest.mark.parametrize("path", ["/", "/nothing", "/api/v1/health", "/api/v1/broken"])
def test_every_answer_has_the_cdns_headers(client, path):
    answer = client.get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value


@pytest.mark.parametrize("path", ["/", "/api/v1/health"])
@pytest.mark.parametrize(
    "host", ["rebound.example", "127.0.0.1.nip.io", "localhost.evil.example", ""]
)
def test_another_host_is_refused(client, api, path, host):
    assert client.get(path, host=host).status_code == 400
    assert api.events == []


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST"])
def test_this_machine_is_known_by_two_names(client, host):
    assert client.get("/", host=host).status_code == 200

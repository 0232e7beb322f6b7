import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

HEAVY = ("numpy", "pandas", "boto3", "botocore", "sqlalchemy", "numba", "moto")
EVENTS = Path(__file__).parents[2] / "events"


def test_importing_it_brings_nothing_heavy():
    program = "import sys, functions.api.handler; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not {name.split(".")[0] for name in done.stdout.split()}.intersection(HEAVY)


def test_any_thread_may_call_it(client, database):
    with ThreadPoolExecutor(max_workers=1) as executor:
        assert executor.submit(client.get, "/health/ready").result().status == 200
    assert client.get("/health/ready").status == 200


def test_a_recorded_event_is_answered(client):
    from functions.api.handler import handler

    event = json.loads((EVENTS / "http_api.json").read_text())
    assert handler(event, None)["statusCode"] == 405
    event["requestContext"]["http"]["method"] = "GET"
    assert handler(event, None)["statusCode"] == 422
    event["rawQueryString"] = "symbol=AAPL&limit=2"
    answer = handler(event, None)
    assert (answer["statusCode"], json.loads(answer["body"])["items"]) == (200, [])


@pytest.mark.parametrize("path", ["/api/v1/strategies/%2e%2e", "/api/v1/%", "/api/v1/trades/%00"])
def test_an_odd_path_is_answered(client, path):
    assert client.send("GET", path).status in {404, 422}

import hashlib

import pytest

from tests.builders.stored import make_robot

HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}


@pytest.mark.parametrize("path", ["/health", "/strategies", "/nowhere", "/trades?limit=0"])
def test_every_answer_is_guarded(reader, path):
    name, _, query = path.partition("?")
    answer = reader.send("GET", f"/api/v1{name}", query)
    assert answer.headers.items() >= HEADERS.items()
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_an_answer_is_marked_by_its_content(client, jobs):
    first = client.get("/strategies")
    assert first.headers["etag"] == f'"{hashlib.sha256(first.text.encode()).hexdigest()[:32]}"'
    assert first.headers["cache-control"] == "public, no-cache"
    assert client.get("/strategies").headers["etag"] == first.headers["etag"]
    make_robot(jobs)
    assert client.get("/strategies").headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_what_the_reader_has_is_not_sent_again(reader, form):
    etag = reader.get("/strategies").headers["etag"]
    answer = reader.get("/strategies", headers={"if-none-match": form.format(etag)})
    assert (answer.status, answer.text) == (304, "")
    assert answer.headers["etag"] == etag
    assert "content-length" not in answer.headers


def test_another_mark_gets_the_answer(reader):
    assert reader.get("/strategies", headers={"if-none-match": '"other"'}).status == 200


def test_a_problem_is_never_not_modified(reader):
    assert reader.get("/nowhere", headers={"if-none-match": "*"}).status == 404


def test_head_is_get_without_the_body(reader):
    full, head = reader.get("/strategies"), reader.send("HEAD", "/api/v1/strategies")
    assert (head.status, head.text) == (200, "")
    assert head.headers == full.headers
    assert reader.send("HEAD", "/api/v1/nowhere").status == 404

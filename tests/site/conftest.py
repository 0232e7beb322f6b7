"""One sample, published and built once for all tests that only look at it."""

from pathlib import Path

import pytest

from functions.services.publication.sitebuild import build
from tests.site.published import publish

SITE_URL = "https://robots.example"


@pytest.fixture(scope="session")
def published(tmp_path_factory) -> Path:
    return publish(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="session")
def site(published, tmp_path_factory) -> Path:
    output = tmp_path_factory.mktemp("site")
    assert build(published, output, "all", SITE_URL) == []
    return output

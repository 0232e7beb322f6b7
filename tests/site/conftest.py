"""One sample, published and built once for all tests that only look at it."""

from pathlib import Path

import pytest

SITE_URL = "https://robots.example"


@pytest.fixture(scope="session")
def published(sample) -> Path:
    return sample[1]


@pytest.fixture(scope="session")
def site(sample) -> Path:
    return sample[0]

"""What the code itself has to say, as documents: its strategies and metrics, and its API."""

import strategies
from engine import metrics
from functions.services.platform import Platform
from functions.services.publication.documents import VERSION, Document, encode
from functions.store.objects import objects_in

CATALOGUE, OPENAPI = "data/catalogue.json", "data/openapi.json"


def publish_catalogue(platform: Platform, openapi: Document | None = None) -> int:
    """Write the catalogue, and the API's description where there is one; how many had changed."""
    objects = objects_in(platform.s3, platform.site_bucket)
    told = {CATALOGUE: catalogue()} | ({OPENAPI: openapi} if openapi else {})
    bodies = {key: encode(document) for key, document in told.items()}
    return objects.put_all_newer(bodies, seq=0)


def catalogue() -> Document:
    """Return every strategy with its source and every metric with its formula."""
    return {
        "v": VERSION,
        "strategies": [_strategy(name) for name in strategies.names()],
        "metrics": [_metric(name) for name in metrics.catalogue()],
    }


def _strategy(name: str) -> Document:
    found = strategies.get(name)
    return {
        "name": name,
        "summary": found.summary(),
        "source": strategies.source(name),
        "parameters": [
            {
                "name": each.name,
                "type": each.type,
                "default": each.default,
                "low": each.low,
                "high": each.high,
            }
            for each in found.parameters()
        ],
    }


def _metric(name: str) -> Document:
    found = metrics.get(name)
    return {
        "name": found.name,
        "title": found.title,
        "unit": found.unit,
        "group": found.group,
        "better": found.better,
        "formula": found.formula,
        "summary": found.summary,
        "notes": found.notes,
    }

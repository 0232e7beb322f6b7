"""What the code itself has to say, as documents: its strategies and metrics, and its API."""

import inspect
from doctest import DocTestParser

import strategies
from engine import metrics
from engine.strategy import Strategy
from functions.services.platform import Platform
from functions.services.publication.documents import VERSION, Document, encode
from functions.store.objects import objects_in

CATALOGUE, OPENAPI = "data/catalogue.json", "data/openapi.json"
LABELS = {"bets_on": "Bets on:", "fails_when": "Fails when:"}


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
        **said(found),
        "form": "on_bar" if found.event_driven() else "targets",
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


def said(strategy: type[Strategy]) -> Document:
    """Return what a strategy's docstring says, each paragraph as one line.

    `summary` is the first, however it is wrapped; `bets_on` and `fails_when` are the paragraphs
    that begin so, None where there is none.
    """
    told: dict[str, str | None] = dict.fromkeys(LABELS)
    rest = []
    # The docstring of Strategy itself says nothing of a strategy that has none.
    text = inspect.cleandoc(strategy.__dict__.get("__doc__") or "")
    summary, *paragraphs = (" ".join(each.split()) for each in text.split("\n\n"))
    for words in paragraphs:
        name = next((name for name, label in LABELS.items() if words.startswith(label)), None)
        if name:
            told[name] = words.removeprefix(LABELS[name]).strip()
        elif words:
            rest.append(words)
    return {"summary": summary, "details": rest, **told}


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
        "interval": found.interval.method if found.interval else None,
        "examples": _examples(inspect.getdoc(found.compute) or ""),
    }


def _examples(docstring: str) -> list[Document]:
    """The known answers of a docstring, which its doctest holds; what leads to one goes with it."""
    told, before = [], ""
    for each in DocTestParser().get_examples(docstring):
        before += each.source
        if each.want:
            told.append({"code": before.rstrip(), "answer": each.want.rstrip()})
            before = ""
    return told

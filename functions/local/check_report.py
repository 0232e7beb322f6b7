"""What `robotplug check` prints."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from engine.futures import NONE
from engine.verdict import (
    CLEAN,
    LEAKING,
    NOT_EXERCISED,
    OUTSIDE,
    RANDOMNESS,
    STATE,
    Change,
    Verdict,
)
from functions.local.check import Request, Result
from functions.services.checking.judging import ELSEWHERE, LATER, Judged

EXIT_CODES = {CLEAN: 0, LEAKING: 1, NOT_EXERCISED: 3}
FEW = 0.01
"""Below this share of its bars a strategy's decisions say little of the rest."""


def print_words(result: Result) -> None:
    """Print the verdict, what it rests on, and where a leak is."""
    for line in _words(result):
        print(line)  # noqa: T201


def print_json(result: Result) -> None:
    """Print the same as one JSON object."""
    print(json.dumps(_as_json(result), indent=2))  # noqa: T201


def _words(result: Result) -> Iterator[str]:
    request, verdict = result.request, result.judged.verdict
    yield f"{_named(request)}: {verdict.verdict}"
    if verdict.change is not None:
        yield from _change(result.judged, verdict.change, request.place)
    yield from _exercised(verdict, result.bars)
    yield from _untried(result)
    first, last = (result.market.name_of(row) for row in (0, len(result.market.sessions) - 1))
    yield (
        f"over {', '.join(request.symbols)} from {first} to {last}, "
        f"bars from {request.series.provider}"
    )


def _named(request: Request) -> str:
    values = request.strategy.parameters_dict()
    told = ", ".join(f"{name} {value}" for name, value in values.items())
    return type(request.strategy).__name__ + (f" ({told})" if told else "")


def _change(judged: Judged, change: Change, place: str) -> Iterator[str]:
    if change.cause == OUTSIDE:
        yield f"it {change.otherwise} to decide; what is not among its bars may hold their future"
    elif not change.bar:
        yield f"{_otherwise(change)}, it {change.otherwise}"
    else:
        yield f"on {change.bar} for {change.symbol} it decides: {change.decided}"
        yield f"{_otherwise(change)}: {change.otherwise}"
    if judged.line:
        yield f"{place}:{judged.line.number}: {judged.line.text}"
    for line in judged.suspects:
        if line == judged.line:
            continue
        yield f"it may be {place}:{line.number}: {line.text}"
    if not judged.line and not judged.suspects:
        yield "which line it is, is not known"


def _otherwise(change: Change) -> str:
    if change.future == ELSEWHERE:
        return "in another process, with other hashes"
    if change.future == LATER:
        return "in another process, at another time of the clock"
    if change.cause == RANDOMNESS:
        return "loaded anew, over the same bars"
    if change.cause == STATE:
        return "once more, with what an earlier run left behind"
    return "without the bars after it" if change.future == NONE else "with other bars after it"


def _exercised(verdict: Verdict, bars: int) -> Iterator[str]:
    if verdict.change is not None:
        return
    if not verdict.decisions:
        yield (
            "it decided nothing, so nothing can be said; give it bars or parameters with which it "
            "trades"
        )
        return
    yield (
        f"{verdict.covered} of {_counted(verdict.decisions, 'bar')} with decisions "
        f"({verdict.share:.0%}) came out the same without their future; "
        f"{_counted(verdict.cuts, 'cut')} in all"
    )
    if verdict.decisions < FEW * bars:
        yield (
            f"it decided at no more than {verdict.decisions:,} of {_counted(bars, 'bar')}: "
            "what it does at the others was not seen"
        )


def _untried(result: Result) -> Iterator[str]:
    """Say why more was not tried, and what raised."""
    verdict = result.judged.verdict
    if verdict.change is not None or not verdict.decisions:
        return
    if result.out_of_time:
        yield "then the time was up; a longer --limit, or fewer --symbols, tries more"
    elif result.request.effort.cuts is None and verdict.covered < verdict.decisions:
        yield (
            "that is what is quick; a larger --cuts tries more, and fewer --symbols take less time"
        )
    if verdict.failed:
        yield f"over fewer or other bars it raised {verdict.failed} times: {verdict.failure}"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _as_json(result: Result) -> dict[str, Any]:
    request, names = result.request, result.market
    verdict, line, suspects = result.judged
    return {
        "strategy": verdict.strategy,
        "place": request.place,
        "parameters": request.strategy.parameters_dict(),
        "verdict": verdict.verdict,
        "change": _change_as_json(verdict.change, names.name_of),
        "line": line and line._asdict(),
        "suspects": [each._asdict() for each in suspects],
        "bars": result.bars,
        "decisions": verdict.decisions,
        "covered": verdict.covered,
        "share": verdict.share,
        "cuts": verdict.cuts,
        "out_of_time": result.out_of_time,
        "failed": verdict.failed,
        "failure": verdict.failure,
        "symbols": list(request.symbols),
        "provider": request.series.provider,
        "bar": request.series.length,
        "first": names.name_of(0),
        "last": names.name_of(len(names.sessions) - 1),
    }


def _change_as_json(change: Change | None, name_of: Callable[[int], str]) -> object:
    return change and {
        "cause": change.cause,
        "bar": change.bar or None,
        "symbol": change.symbol or None,
        "decided": change.decided,
        "otherwise": change.otherwise,
        "cut": name_of(change.cut),
        "future": change.future,
    }

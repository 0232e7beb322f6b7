"""What `strategies`, `symbols`, `metrics` and `costs` print."""

import inspect
import json
import sys
from typing import Any

from rich.table import Table

import strategies
from engine import Options, Strategy, cost_models, metrics
from engine.options import COSTS, OWN
from engine.parameters import Parameter
from functions import providers
from functions.local import console
from functions.local.past import coverage_of
from functions.local.strategy_source import sourced
from functions.local.symbol import symbol_of
from functions.local.typed import metric_of
from functions.services.publication.catalogue import said


def print_strategies(*, as_json: bool) -> None:
    """Print every strategy that loads; what does not is named on standard error."""
    found = [(name, strategies.get(name)) for name in strategies.names()]
    if as_json:
        _print_json([_described(name, strategy) for name, strategy in found])
    else:
        for name, strategy in found:
            _print_strategy(name, strategy)
    _print_failures(strategies.failures())


def print_strategy(name: str, *, as_json: bool) -> None:
    """Print one strategy: what it does and bets on, when it fails, and its text."""
    strategy, text = sourced(name)
    told = said(strategy)
    if as_json:
        _print_json({**_described(name, strategy), **told, "source": text})
        return
    _print_strategy(name, strategy)
    for words in (*told["details"], *_labelled(told)):
        console.say(f"\n{words}")
    console.say(f"\n{text.rstrip()}")


def print_costs(*, as_json: bool) -> None:
    """Print every cost model that loads; what does not is named on standard error."""
    found = {name: _costs(name) for name in cost_models.names()}
    if as_json:
        _print_json([{"name": name, **told} for name, told in found.items()])
    else:
        width = max(len(name) for name in found)
        for name, told in found.items():
            numbers = ", ".join(f"{one} {value}" for one, value in told.items())
            console.say(f"{name:<{width}}  {numbers}")
    _print_failures(cost_models.failures())


def print_metrics(*, as_json: bool) -> None:
    """Print the catalogue by its groups."""
    found = metrics.catalogue()
    if as_json:
        _print_json([_metric(name) for name in found])
        return
    table = Table("name", "what it is", "unit", box=None, pad_edge=False, header_style="bold")
    group = None
    for name in found:
        metric = metrics.get(name)
        if metric.group != group:
            group = metric.group
            table.add_section()
            table.add_row(f"[dim]{group}[/dim]")
        table.add_row(name, console.plain(metric.summary), metric.unit)
    console.opened().print(table)


def print_metric(name: str, *, as_json: bool) -> None:
    """Print one metric: what it is, its formula, and what its numbers mean."""
    metric = metric_of(name)
    if as_json:
        _print_json(_metric(name))
        return
    better = "" if metric.better == metrics.Better.NEITHER else f", {metric.better} is better"
    console.say(f"{name}: {metric.title}, {metric.unit}{better}")
    for words in (metric.summary, metric.formula, metric.notes):
        console.say(f"\n{inspect.cleandoc(words)}")


def print_symbols(provider: str, *, as_json: bool) -> None:
    """Print what a provider lists, and how far its data reach."""
    source = providers.get(provider)
    listed, coverage = source.symbols(), coverage_of(provider, source)
    if as_json:
        first, last = coverage or (None, None)
        told = {"provider": provider, "symbols": list(listed), "first": first, "last": last}
        _print_json(told | _facts(provider))
        return
    reach = "up to today" if coverage is None else f"{coverage.first} to {coverage.last}"
    facts = source.facts
    console.say(f"{provider}: {reach}, calendar {facts.calendar}, bars {', '.join(facts.lengths)}")
    for symbol in listed:
        console.say(f"  {symbol}")
    if coverage is None:
        console.say("it has more than it lists: name any with --symbols")


def print_symbol(name: str, provider: str, *, as_json: bool) -> None:
    """Print one symbol's first and last day, splits and dividends; ParameterError without one."""
    told = symbol_of(name, provider)
    if as_json:
        _print_json(told)
        return
    console.say(f"{told['symbol']} from {provider}: {told['first']} to {told['last']}")
    console.say(f"{told['bars']:,} daily bars, last close {told['close']}")
    dividends = [action for action in told["actions"] if action["kind"] == "dividend"]
    for action in told["actions"]:
        if action not in dividends:
            console.say(f"  {action['ex_date']}  {action['kind']} {action['value']}")
    console.say(f"{len(dividends)} dividends; --json has each")


def _facts(provider: str) -> dict[str, Any]:
    facts = providers.get(provider).facts
    return {"calendar": facts.calendar, "bar_lengths": list(facts.lengths)}


def _metric(name: str) -> dict[str, Any]:
    found = metrics.get(name)
    words = ("title", "unit", "group", "better", "summary", "formula", "notes")
    return {"name": name, **{word: f"{getattr(found, word)}" for word in words}}


def _labelled(told: dict[str, Any]) -> list[str]:
    labels = {"bets_on": "Bets on:", "fails_when": "Fails when:"}
    return [f"{label} {told[name]}" for name, label in labels.items() if told[name]]


def _costs(name: str) -> dict[str, Any]:
    told = Options(cost_models.get(name)).to_dict()
    return {one: value for one, value in told.items() if one in (*COSTS, *OWN)}


def _described(name: str, strategy: type[Strategy]) -> dict[str, Any]:
    words = ("name", "type", "default", "low", "high")
    parameters = [
        {word: getattr(parameter, word) for word in words} for parameter in strategy.parameters()
    ]
    return {"name": name, "summary": strategy.summary(), "parameters": parameters}


def _print_strategy(name: str, strategy: type[Strategy]) -> None:
    output = console.opened()
    output.print(f"[bold]{name}[/bold]  {console.plain(strategy.summary())}", soft_wrap=True)
    for one in strategy.parameters():
        console.say(f"    {one.name} = {one.default}  {_range(one)}")


def _range(one: Parameter) -> str:
    if one.choices is not None:
        return f"(one of {', '.join(one.choices)})"
    return "" if one.low is None or one.high is None else f"({one.low} to {one.high})"


def _print_failures(failures: dict[str, str]) -> None:
    for name, reason in failures.items():
        print(f"{name} does not load: {reason}", file=sys.stderr)  # noqa: T201


def _print_json(content: object) -> None:
    print(json.dumps(content, indent=2, default=str))  # noqa: T201

"""What `compare` and `show` take: strategies, files of strategies, and saved runs."""

from collections.abc import Sequence
from pathlib import Path

from engine.errors import ParameterError
from functions.local import saved
from functions.local.backtest import Request, Terms, finished
from functions.local.past import past_of
from functions.services.reporting.finished import Finished


def is_saved(named: str) -> bool:
    """Whether a name is that of a saved run."""
    return named.endswith(saved.SUFFIX)


def finished_runs(named: Sequence[str], terms: Terms) -> list[Finished]:
    """Read the saved ones and simulate the others, over the same bars, read once."""
    if len(named) < 2:
        raise ParameterError(f"compare needs at least two of them, was given {', '.join(named)}")
    if twice := sorted({name for name in named if named.count(name) > 1}):
        raise ParameterError(f"compare needs different ones, {', '.join(twice)} is given twice")
    kept = {name: saved.read(Path(name)) for name in named if is_saved(name)}
    requests = {name: Request.of(name, terms) for name in named if name not in kept}
    if requests:
        past = past_of(terms.series, terms.symbols)
        kept |= {name: finished(request, past) for name, request in requests.items()}
    return [kept[name] for name in named]

"""Cost models by name: what others charge, each a frozen record.

One is there by being written: a module of this package with a record called `COSTS`, or what an
installed distribution offers as an entry point of the group `tradingrobotplug.costs` (such a
module, or a record). Every option of a run may name one as its `cost_model`.

>>> get("lean").minimum
1.0
>>> get("leam")
Traceback (most recent call last):
engine.errors.ParameterError: no cost model named 'leam'; did you mean 'lean'?
"""

from engine.costs import Costs
from engine.errors import ParameterError
from engine.plugins import Plugins


def costs_in(thing: object) -> Costs:
    """Return the record of a module; a record stands for itself."""
    found = getattr(thing, "COSTS", thing)
    if not isinstance(found, Costs):
        raise ParameterError(f"a cost model must be a Costs record named COSTS, was {found!r}")
    return found


_found: Plugins[Costs] = Plugins(
    "cost model", "engine.cost_models", "tradingrobotplug.costs", costs_in
)
group = _found.group
names = _found.names
get = _found.get
failures = _found.failures

"""The simulation: pure, no clock, file, network, database or cloud.

A name is loaded when it is first asked for: whoever wants `engine.errors` alone needs no numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.account import Account, Position
    from engine.bars import Action, Bars
    from engine.broker import Broker, Now
    from engine.costs import Costs
    from engine.errors import DataError, OrderError, ParameterError
    from engine.events import Event
    from engine.fills import Fill
    from engine.market import Market
    from engine.money import Floats
    from engine.options import Options
    from engine.orders import Order
    from engine.parameters import Parameter, parameter
    from engine.run import Run
    from engine.simulation import RULES_VERSION, simulate
    from engine.strategy import Strategy

_MODULES = {
    "account": ("Account", "Position"),
    "bars": ("Action", "Bars"),
    "broker": ("Broker", "Now"),
    "costs": ("Costs",),
    "errors": ("DataError", "OrderError", "ParameterError"),
    "events": ("Event",),
    "fills": ("Fill",),
    "market": ("Market",),
    "money": ("Floats",),
    "options": ("Options",),
    "orders": ("Order",),
    "parameters": ("Parameter", "parameter"),
    "run": ("Run",),
    "simulation": ("RULES_VERSION", "simulate"),
    "strategy": ("Strategy",),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "RULES_VERSION",
    "Account",
    "Action",
    "Bars",
    "Broker",
    "Costs",
    "DataError",
    "Event",
    "Fill",
    "Floats",
    "Market",
    "Now",
    "Options",
    "Order",
    "OrderError",
    "Parameter",
    "ParameterError",
    "Position",
    "Run",
    "Strategy",
    "parameter",
    "simulate",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    globals()[name] = found = getattr(import_module(f"engine.{_HOMES[name]}"), name)
    return found

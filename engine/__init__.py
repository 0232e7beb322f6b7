"""The simulation: pure, no clock, file, network, database or cloud.

A name is loaded when it is first asked for: whoever wants `engine.errors` alone needs no numpy.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.account import Account, Bracket, Position
    from engine.bars import Action, Bars, QuotedPrices
    from engine.broker import Broker, Ticket
    from engine.costs import Costs
    from engine.errors import DataError, OrderError, ParameterError
    from engine.events import Event
    from engine.fills import Fill
    from engine.instruments import Instrument
    from engine.market import Market
    from engine.money import Floats
    from engine.now import Now
    from engine.options import Options
    from engine.order_values import Order
    from engine.parameters import Parameter, parameter
    from engine.run import Run
    from engine.simulation import RULES_VERSION, simulate
    from engine.strategy import Strategy
    from engine.streaming import Stream
    from engine.targets import Targets, Weights

_MODULES = {
    "account": ("Account", "Bracket", "Position"),
    "bars": ("Action", "Bars", "QuotedPrices"),
    "broker": ("Broker", "Ticket"),
    "costs": ("Costs",),
    "errors": ("DataError", "OrderError", "ParameterError"),
    "events": ("Event",),
    "fills": ("Fill",),
    "instruments": ("Instrument",),
    "market": ("Market",),
    "money": ("Floats",),
    "now": ("Now",),
    "options": ("Options",),
    "order_values": ("Order",),
    "parameters": ("Parameter", "parameter"),
    "run": ("Run",),
    "simulation": ("RULES_VERSION", "simulate"),
    "strategy": ("Strategy",),
    "streaming": ("Stream",),
    "targets": ("Targets", "Weights"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "RULES_VERSION",
    "Account",
    "Action",
    "Bars",
    "Bracket",
    "Broker",
    "Costs",
    "DataError",
    "Event",
    "Fill",
    "Floats",
    "Instrument",
    "Market",
    "Now",
    "Options",
    "Order",
    "OrderError",
    "Parameter",
    "ParameterError",
    "Position",
    "QuotedPrices",
    "Run",
    "Strategy",
    "Stream",
    "Targets",
    "Ticket",
    "Weights",
    "parameter",
    "simulate",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'engine' has no attribute {name!r}")
    globals()[name] = found = getattr(import_module(f"engine.{_HOMES[name]}"), name)
    return found

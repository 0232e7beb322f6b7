"""What every strategy is: parameters, and one of two ways to decide."""

from typing import ClassVar, Literal, Never

from engine.broker import Broker
from engine.errors import OrderError, ParameterError
from engine.market import Market
from engine.now import Now
from engine.parameters import Parameter, Value, checked_values, declared_in
from engine.shown import shown
from engine.targets import Weights, checked_rebalance


class Strategy:
    """A rule that decides at each bar's close; write `targets`, or `on_bar`.

    rebalance: with "change" a weight is a decision when it differs from its symbol's last one, so
    constant weights hold shares; with "row" every weight is one.
    """

    rebalance: ClassVar[Literal["change", "row"]] = "change"
    _parameters: ClassVar[dict[str, Parameter]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._parameters = {**cls._parameters, **declared_in(cls, reserved=dir(Strategy))}
        try:
            checked_rebalance(cls.rebalance)
        except OrderError as error:
            raise OrderError(f"{cls.__name__}: {error}") from error

    def __init__(self, /, *unnamed: Never, **values: object) -> None:
        if unnamed:
            told = ", ".join(map(shown, unnamed))
            raise ParameterError(f"{type(self).__name__} takes parameters by name, had {told}")
        checked = checked_values(type(self).__name__, self._parameters, values)
        for name, value in checked.items():
            setattr(self, name, value)

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """Return the declarations, in the order of writing."""
        return tuple(cls._parameters.values())

    def parameters_dict(self) -> dict[str, Value]:
        """Return every parameter's value by name, sorted; ints, floats, bools and strings."""
        return {name: getattr(self, name) for name in sorted(self._parameters)}

    @classmethod
    def summary(cls) -> str:
        """Return the first line of the docstring."""
        return (cls.__doc__ or "").strip().split("\n")[0]

    @classmethod
    def event_driven(cls) -> bool:
        """Whether the strategy decides bar by bar; OrderError when it is written in no form."""
        whole, by_bar = cls.targets is not Strategy.targets, cls.on_bar is not Strategy.on_bar
        if whole == by_bar:
            raise OrderError(f"{cls.__name__} must have either targets or on_bar")
        return by_bar

    def targets(self, market: Market) -> Weights:
        """Return weights for every bar, shape (rows, symbols); NaN decides nothing.

        With exits as `Targets`.
        """
        raise NotImplementedError

    def prepare(self, market: Market) -> None:
        """Work out indicators once, before the first bar."""

    def on_bar(self, now: Now, broker: Broker) -> None:
        """Ask the broker for orders; called once at each close, for all symbols."""
        raise NotImplementedError

"""A figure with how far to trust it; apart from what computes it, so that readers need no numpy."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, init=False)
class Estimate:
    """A metric's value, with how far to trust it; value is None where undefined, see reason.

    dates: when it happened, as YYYY-MM-DD by what happened then; None for what did not yet.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    sample_size: int | None = None
    method: str | None = None
    reason: str | None = None
    dates: Mapping[str, str | None] | None = None

    def __init__(
        self,
        value: float | None,
        low: float | None = None,
        high: float | None = None,
        sample_size: int | None = None,
        method: str | None = None,
        reason: str | None = None,
        dates: Mapping[str, str | None] | None = None,
    ) -> None:
        # All at once: a frozen dataclass sets them one by one, at three times the cost.
        self.__dict__.update(
            value=value,
            low=low,
            high=high,
            sample_size=sample_size,
            method=method,
            reason=reason,
            dates=dates,
        )

"""A figure with how far to trust it; apart from what computes it, so that readers need no numpy."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
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

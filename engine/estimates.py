"""A figure with how far to trust it; apart from what computes it, so that readers need no numpy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Estimate:
    """A metric's value, with how far to trust it; value is None where undefined, see reason."""

    value: float | None
    low: float | None = None
    high: float | None = None
    sample_size: int | None = None
    method: str | None = None
    reason: str | None = None

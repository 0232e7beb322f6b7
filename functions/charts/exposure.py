"""How much of the account was at work, and how much of it was exchanged each month."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from functions.charts.curves import BOTTOM, ground
from functions.charts.grounds import bar
from functions.charts.palette import css
from functions.charts.panels import Panel, panels
from functions.charts.scale import Scale, percent
from functions.charts.series import phases
from functions.charts.subject import Subject
from functions.charts.svg import Box, drawing, element

HEIGHT = 380
STEPS = 600
UPPER = Box(0.0, 1.0, 36, 150)
LOWER = Box(0.0, 1.0, 244, HEIGHT - 244 - BOTTOM)


def svg(
    subject: Subject,
    equity: Mapping[str, Any],
    exposures: Sequence[float],
    turnovers: Mapping[str, float],
) -> str:
    """Draw both, one above the other, for the first phase.

    exposures: of each session, 1.0 for fully invested. turnovers: by "YYYY-MM", one way.
    """
    inner: list[str] = []
    for panel in panels(phases(equity)[:1]):
        inner += _upper(replace(panel, remark=_remark(exposures)), exposures)
        inner += _lower(replace(panel, remark="turnover of each month, one way"), turnovers)
    return drawing(f"{subject.slug}-exposure", HEIGHT, _words(subject, exposures, turnovers), inner)


def _upper(panel: Panel, exposures: Sequence[float]) -> list[str]:
    scale = Scale(0.0, max([*exposures, 1.0]) * 1.08)
    below, above = ground(panel, UPPER, scale, lambda share: percent(share).lstrip("+"))
    return [*below, _area(panel, exposures, scale), *above]


def _area(panel: Panel, exposures: Sequence[float], scale: Scale) -> str:
    """Steps, each as high as the mean of the sessions it stands for."""
    step = at_once(len(exposures))
    corners: list[tuple[float, float]] = []
    for first in range(0, len(exposures), step):
        part = exposures[first : first + step]
        last = min(first + step, len(panel.places) - 1)
        height = scale.share(sum(part) / len(part))
        corners += [(panel.places[first], height), (panel.places[last], height)]
    if not corners:
        return ""
    data = UPPER.path([(corners[0][0], 0.0), *corners, (corners[-1][0], 0.0)])
    return UPPER.stretched(element("path", d=f"{data}Z", fill=css("accent"), fill_opacity=0.4))


def at_once(sessions: int) -> int:
    """Return how many sessions share a step of the drawing.

    >>> at_once(250), at_once(3270)
    (1, 6)
    """
    return max(-(-sessions // STEPS), 1)


def _remark(exposures: Sequence[float]) -> str:
    step = at_once(len(exposures))
    return f"share of equity at work{f', means of {step} sessions' if step > 1 else ''}"


def _lower(panel: Panel, turnovers: Mapping[str, float]) -> list[str]:
    scale = Scale(0.0, max([*turnovers.values(), 0.1]) * 1.12)
    below, above = ground(panel, LOWER, scale, lambda share: percent(share).lstrip("+"))
    bars = [_bar(panel, scale, month, share) for month, share in turnovers.items() if share > 0]
    return [*below, *bars, *above]


def _bar(panel: Panel, scale: Scale, month: str, share: float) -> str:
    first = date.fromisoformat(f"{month}-01").toordinal()
    ends = (panel.days.share(max(first, panel.days.low)), panel.days.share(first + 28))
    left, right = ends[0], max(min(ends[1], 1.0), ends[0] + 0.001)
    return bar(LOWER, (left, right), (0.0, scale.share(share)), "accent", fill_opacity=0.75)


def _words(
    subject: Subject, exposures: Sequence[float], turnovers: Mapping[str, float]
) -> tuple[str, str]:
    title = f"Simulated exposure and turnover of {subject.name}"
    if not exposures:
        return title, "No session yet."
    mean = sum(exposures) / len(exposures)
    most = max(turnovers.values(), default=0.0)
    return title, (
        f"On average {percent(mean).lstrip('+')} of the account was at work, at most "
        f"{percent(max(exposures)).lstrip('+')}. In the busiest month "
        f"{percent(most).lstrip('+')} of it was exchanged."
    )

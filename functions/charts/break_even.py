"""What trades paid in costs, beside what they could have paid until nothing was earned."""

from functions.charts.palette import css
from functions.charts.subject import Subject
from functions.charts.svg import Box, drawing, element, label, percent_of

HEIGHT = 92
BAR = Box(0.0, 1.0, 36, 18)
WIDEST = 12.0  # times what was paid; beyond it the bar is cut


def svg(subject: Subject, paid: float, allowed: float) -> str:
    """Draw it; both in basis points of what was traded, at or above zero."""
    end = max(paid * 1.25, min(allowed, paid * WIDEST) * 1.05, 1e-9)
    cut = allowed > paid * WIDEST
    room = 1.0 if cut else min(allowed / end, 1.0)
    inner = [
        _bar(1.0, "shade"),
        _bar(max(room, 0.0), "gain", 0.35),
        _bar(paid / end, "loss", 0.9),
        label(f"paid {paid:,.1f} bp", "0", 28, "loss", font_size=12, font_weight=600),
        _break_even(room, allowed, cut=cut),
    ]
    return drawing(f"{subject.slug}-costs", HEIGHT, _words(subject, paid, allowed), inner)


def _bar(share: float, colour: str, opacity: float = 1.0) -> str:
    return element(
        "rect", x="0", y=BAR.top, width=percent_of(share), height=BAR.height, rx=3,
        fill=css(colour), fill_opacity=opacity,
    )  # fmt: skip


def _break_even(room: float, allowed: float, *, cut: bool) -> str:
    words = f"break-even {allowed:,.1f} bp{' →' if cut else ''}".replace("-0", "−0")
    x, y = percent_of(room), BAR.top + BAR.height
    line = element("line", x1=x, x2=x, y1=BAR.top - 4, y2=y + 4, stroke=css("ink"), stroke_width=2)
    return line + label(
        words, x, y + 22, "ink", font_size=12, text_anchor="start" if room < 0.4 else "end"
    )


def _words(subject: Subject, paid: float, allowed: float) -> tuple[str, str]:
    return f"Simulated costs of {subject.name}", (
        f"The trades paid {paid:,.1f} basis points of their value; at {allowed:,.1f} nothing would "
        "have been earned."
    )

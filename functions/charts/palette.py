"""The colours of every chart, by the names of the site's design tokens, for light and dark.

In an SVG a colour is `var(--accent, #2743c7)`: the page's own token where there is one, else the
value here. Each pair was chosen to be told apart without red and green: gain is teal and loss is
sienna, and wherever they meet a shape or a sign says the same.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Palette:
    """One theme.

    ink: text and axes. muted: labels, and what is drawn in pencil. line: grid and borders.
    surface: behind a chart. accent: the robot. benchmark: what it is measured against.
    gain, loss: above and below zero, buys and sells. shade: behind what is not record.
    """

    ink: str
    muted: str
    line: str
    surface: str
    accent: str
    benchmark: str
    gain: str
    loss: str
    shade: str

    def tokens(self) -> Mapping[str, str]:
        """Return the colours by the names of their CSS custom properties.

        >>> LIGHT.tokens()["--accent"]
        '#2743c7'
        """
        return {f"--{name}": value for name, value in asdict(self).items()}


LIGHT = Palette(
    ink="#1b1f2a",
    muted="#5f6470",
    line="#e4e2dc",
    surface="#ffffff",
    accent="#2743c7",
    benchmark="#8d897f",
    gain="#0e7a6d",
    loss="#b7471d",
    shade="#f6f4ee",
)
DARK = Palette(
    ink="#eceae4",
    muted="#a4a6ae",
    line="#2e323c",
    surface="#15181f",
    accent="#9fb2ff",
    benchmark="#8a8880",
    gain="#4ec9b5",
    loss="#f0936b",
    shade="#1b1f28",
)


def css(name: str) -> str:
    """Return a token as a CSS colour that falls back to its light value.

    >>> css("accent")
    'var(--accent, #2743c7)'
    """
    return f"var(--{name}, {getattr(LIGHT, name)})"

"""Formulas as mathematics: the catalogue's one line of text, set in MathML.

A formula is terms with operators between them, after a comma or a `where` in words. Fractions are
stacked, roots and powers drawn, subscripts lowered; whatever is not understood stays as it is
written, so that no formula is lost.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from markupsafe import Markup, escape
from pelican import Pelican
from pelican.plugins import signals

MARK = re.compile(
    r"\d+(?: \d{3})*(?:\.\d+)?(?: %)?|[A-Za-z]+_[A-Za-z0-9]+|[^\W\d_][\w–'-]*|\S", re.UNICODE
)
RAISED = str.maketrans("²³⁴", "234")
LOWERED = str.maketrans("₃₄", "34")
PRODUCT, SUM, RELATION = ("·",), ("+", "−"), ("=", "≤")
SPACE = '<mspace width="0.3em"/>'
NO_FUNCTION = ("<mtext>of</mtext>", "<mi>r</mi>")
CLOSING = {"(": ")", "|": "|"}
Marks = list[str]


class Setting:
    """Reads the marks of one formula from left to right; each method sets one kind of part."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._at = 0
        self._raised = False

    def formula(self) -> str:
        """Set everything up to the end."""
        return _row(self._sentence(()))

    @property
    def _next(self) -> str:
        return self._marks[self._at] if self._at < len(self._marks) else ""

    def _take(self) -> str:
        mark = self._next
        self._at += 1
        return mark

    def _sentence(self, until: tuple[str, ...]) -> Iterator[str]:
        """Sums with a comma, a relation or a `where` between them."""
        while self._next and self._next not in until:
            if self._next in (",", ";"):
                yield _operator(self._take()) + SPACE
            elif self._next == "where":
                yield SPACE + _text(self._take()) + SPACE
            elif self._next in RELATION:
                yield _operator(self._take())
            elif self._next == ")":
                yield _operator(self._take())  # closes nothing that was opened
            else:
                yield self._sum(until)

    def _sum(self, until: tuple[str, ...]) -> str:
        parts = []
        if self._next in SUM:
            parts.append(_operator(self._take()))
        parts.append(self._quotient(until))
        while self._next in SUM:
            parts += [_operator(self._take()), self._quotient(until)]
        return _row(parts)

    def _quotient(self, until: tuple[str, ...]) -> str:
        """Products over products: a / b / c is one fraction, a / b · c goes on behind it."""
        if self._marks[self._at : self._at + 2] == ["mean", "Σ"]:  # the mean of all that follows
            return _row([_text(self._take()), SPACE, self._quotient(until)])
        above, below = self._words(until), ""
        while self._next in (*PRODUCT, "/"):
            sign = self._take()
            factor = self._words(until)
            if sign == "/" and self._raised:
                above = _row([above, _operator("/"), factor])
            elif sign == "/":
                below = _row([below, _operator("·"), factor]) if below else factor
            elif below:
                above, below = _row([_over(above, below), _operator("·"), factor]), ""
            else:
                above = _row([above, _operator("·"), factor])
        return _over(above, below)

    def _words(self, until: tuple[str, ...]) -> str:
        """Factors and words side by side, which bind more than any operator but a power."""
        parts: list[str] = []
        stops = {*until, *PRODUCT, *SUM, *RELATION, "/", ",", ";", "where", ""}
        while self._next not in stops and not (self._next == ")" and ")" not in until):
            parts.append(self._power())
        return _spaced(parts) if parts else _operator(self._take())

    def _power(self) -> str:
        inside = self._factor()
        while self._next == "^" or self._next in ("²", "³", "⁴"):
            sign = self._take()
            raised = self._exponent() if sign == "^" else _number(sign.translate(RAISED))
            inside = f"<msup>{inside}{raised}</msup>"
        return inside

    def _exponent(self) -> str:
        """A fraction in it stays on one line: stacked, it could not be read."""
        self._raised = True
        exponent = self._factor(flat=True)
        self._raised = False
        return exponent

    def _factor(self, *, flat: bool = False) -> str:
        mark = self._take()
        if mark == "√":
            return f"<msqrt>{self._factor(flat=True)}</msqrt>"
        if mark == "Σ":
            return _operator("∑")
        if mark in CLOSING:
            return self._inside(mark, bare=flat)
        return _leaf(mark)

    def _inside(self, opening: str, *, bare: bool) -> str:
        """What parentheses or bars hold; `bare` where a root or a power already holds it."""
        closing = CLOSING[opening]
        parts = list(self._sentence((closing,)))
        if self._next == closing:
            self._take()
        held = _row(parts)
        return held if bare and opening == "(" else _row([_fence(opening), held, _fence(closing)])


def mathml(formula: str, *, inline: bool = False) -> Markup:
    """Set a formula; what it says stays the same, sign by sign, but for what is drawn.

    >>> print(mathml("V_T / V_0 − 1").partition(">")[2].removesuffix("</math>"))
    <mrow><mfrac><msub><mi>V</mi><mi>T</mi></msub><msub><mi>V</mi><mn>0</mn></msub></mfrac>\
<mo>−</mo><mn>1</mn></mrow>
    >>> "<msqrt><mi>P</mi></msqrt>" in mathml("sd(r) · √P")
    True
    >>> mathml("<script>") == mathml("<script>").replace("<script>", "")
    True
    """
    inside = Setting(_marks(formula)).formula()
    opening = "<math>" if inline else '<math class="formula" display="block">'
    return Markup(f"{opening}{inside}</math>")  # noqa: S704 - every leaf was escaped


def _marks(formula: str) -> Marks:
    """Split a formula; a letter with a raised or lowered number is two marks."""
    spaced = re.sub("([²³⁴])", r" \1 ", formula)
    return MARK.findall(spaced)


def _leaf(mark: str) -> str:
    if mark[0].isdigit():
        return _number(mark)
    name, _, index = mark.partition("_")
    if index:
        lower = _number(index) if index.isdigit() else f"<mi>{escape(index)}</mi>"
        return f"<msub><mi>{escape(name)}</mi>{lower}</msub>"
    if mark[-1] in "₃₄":
        return f"<msub><mi>{escape(mark[:-1])}</mi>{_number(mark[-1].translate(LOWERED))}</msub>"
    if (len(mark) == 1 and mark.isalpha() and mark != "a") or mark == "SR":
        return f"<mi>{escape(mark)}</mi>"
    return _text(mark) if mark[0].isalpha() else _operator(mark)


def _text(words: str) -> str:
    return f"<mtext>{escape(words)}</mtext>"


def _number(digits: str) -> str:
    return f"<mn>{escape(digits)}</mn>"


def _operator(sign: str) -> str:
    return f"<mo>{escape(sign)}</mo>"


def _fence(sign: str) -> str:
    return f'<mo fence="true" stretchy="true">{sign}</mo>'


def _over(above: str, below: str) -> str:
    """Put one over the other; the line between them holds together what parentheses held."""
    return f"<mfrac>{_bare(above)}{_bare(below)}</mfrac>" if below else above


def _bare(part: str) -> str:
    opening, closing = _fence("("), _fence(")")
    whole = part.startswith(f"<mrow>{opening}") and part.endswith(f"{closing}</mrow>")
    return f"<mrow>{part[6 + len(opening) : -7 - len(closing)]}</mrow>" if whole else part


def _spaced(parts: list[str]) -> str:
    """Put words and letters side by side, but a function right before what it is of."""
    kept = parts[:1]
    for before, part in pairwise(parts):
        joined = part.startswith(f"<mrow>{_fence('(')}") and before not in NO_FUNCTION
        if not joined and "<mo>" not in (before[:4], part[:4]):
            kept.append(SPACE)
        kept.append(part)
    return _row(kept)


def _row(parts: Iterable[str]) -> str:
    kept = [part for part in parts if part]
    return kept[0] if len(kept) == 1 else f"<mrow>{''.join(kept)}</mrow>"


def _add_filters(pelican: Pelican) -> None:
    pelican.settings["JINJA_FILTERS"] |= {"mathml": mathml}


def register() -> None:
    """Offer the filter to every template."""
    signals.initialized.connect(_add_filters)

"""What is printed where letters are few: signs of formulas as they are typed, the rest as ?."""

import codecs

PLAIN = "robotplug-plain"
"""The name of the error handler, for an output's `errors`."""
SPELLED = str.maketrans(
    {
        "−": "-",
        "–": "-",
        "—": "-",
        "·": "*",
        "×": "*",
        "√": "sqrt",
        "≤": "<=",
        "≥": ">=",
        "²": "^2",
        "³": "^3",
        "⁴": "^4",
        "₃": "_3",
        "₄": "_4",
        "Σ": "sum ",
        "Φ": "Phi",
        "σ": "sigma",
        "…": "...",
        "’": "'",
    }
)


def spelled(error: UnicodeError) -> tuple[str, int]:
    """Replace what an encoding has no letter for.

    >>> "√252 · σ ≤ 1 日".encode("ascii", errors=PLAIN)
    b'sqrt252 * sigma <= 1 ?'
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end].translate(SPELLED)
    return lost.encode("ascii", errors="replace").decode(), error.end


codecs.register_error(PLAIN, spelled)

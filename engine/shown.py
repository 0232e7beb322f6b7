"""How a message shows what was given."""

LONGEST = 60


def shown(value: object) -> str:
    """Write a value as code has it; what is long is cut, what takes several lines only named.

    >>> shown("7"), shown(10**400)
    ("'7'", '1000000000000000000000000000000000000000...')
    """
    try:
        text = repr(value)
    except Exception:  # what cannot show itself, as an int of 5,000 digits, is no other fault
        text = "\n"
    if "\n" in text:
        return f"a {type(value).__name__}"
    return text if len(text) <= LONGEST else f"{text[:40]}..."

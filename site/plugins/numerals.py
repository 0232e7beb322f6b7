"""Numbers as a reader sees them: with unit and sign, and never without saying why there is none.

theme/static/js/numerals.js says the same in the browser; a test holds the two together.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

from pelican import Pelican
from pelican.plugins import signals

NONE = "–"
MINUS = "−"
PLACES = {
    "fraction": 1,
    "ratio": 2,
    "money": 2,
    "days": 0,
    "sessions": 0,
    "count": 0,
    "basis points": 1,
}
SUFFIXES = {"fraction": "%", "basis points": " bp"}
Number = float | int | str | Decimal


def shown(value: Number | None, unit: str, *, signed: bool = False) -> str:
    """Write one number in its unit; None is a dash.

    >>> shown(0.1234, "fraction", signed=True), shown(-0.5, "ratio"), shown(None, "ratio")
    ('+12.3%', '−0.50', '–')
    >>> shown(12.34, "basis points")
    '12.3 bp'
    >>> shown("100000.00000000", "money"), shown(-1234.5, "money"), shown(500, "sessions")
    ('$100,000.00', '−$1,234.50', '500')
    """
    if value is None:
        return NONE
    exact = Decimal(str(value)) * (100 if unit == "fraction" else 1)
    rounded = exact.quantize(Decimal(1).scaleb(-PLACES[unit]), ROUND_HALF_EVEN)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{'$' * (unit == 'money')}{abs(rounded):,f}{SUFFIXES.get(unit, '')}"


def interval(estimate: Mapping[str, Any], unit: str, *, signed: bool = False) -> str:
    """Write the bounds of a 95 % interval; empty where there is none.

    >>> interval({"low": -0.31, "high": 1.154}, "ratio", signed=True)
    '−0.31 to +1.15'
    """
    if estimate.get("low") is None or estimate.get("high") is None:
        return ""
    low, high = (shown(estimate[side], unit, signed=signed) for side in ("low", "high"))
    return f"{low} to {high}"


def quantity(value: Number) -> str:
    """Write a number of shares without needless zeros.

    >>> quantity("57.00000000"), quantity("1250.50000000"), quantity("-3")
    ('57', '1,250.5', '−3')
    """
    exact = Decimal(str(value))
    whole, _, rest = f"{abs(exact):,f}".partition(".")
    rest = rest.rstrip("0")
    return f"{MINUS if exact < 0 else ''}{whole}{'.' if rest else ''}{rest}"


def price(value: Number) -> str:
    """Write a price in cents, and below one in hundredths of a cent.

    >>> price("1181.10500000"), price("0.12345678")
    ('1,181.10', '0.1235')
    """
    exact = Decimal(str(value))
    places = "0.01" if abs(exact) >= 1 else "0.0001"
    return f"{exact.quantize(Decimal(places), ROUND_HALF_EVEN):,f}"


def trend(value: Number | None, unit: str) -> str:
    """Name the side of zero that a number is on as it is shown, for its colour.

    >>> trend(0.0004, "fraction"), trend(0.0006, "fraction"), trend("-12.50000000", "money")
    ('flat', 'gain', 'loss')
    """
    sign = shown(value, unit, signed=True)[0]
    return "gain" if sign == "+" else "loss" if sign == MINUS else "flat"


def plural(count: int, noun: str) -> str:
    """Write a noun as it follows a number.

    >>> plural(1, "session"), plural(0, "session")
    ('session', 'sessions')
    """
    return noun if count == 1 else f"{noun}s"


def day(text: str | None) -> str:
    """Write an ISO date or instant as a reader says it.

    >>> day("2013-03-01T21:00:00Z"), day(None)
    ('1 Mar 2013', '–')
    """
    if not text:
        return NONE
    when = date.fromisoformat(text[:10])
    return f"{when.day} {when:%b %Y}"


def moment(text: str) -> str:
    """Write an instant to the minute.

    >>> moment("2013-03-01T21:00:59Z")
    '1 Mar 2013, 21:00 UTC'
    """
    return f"{day(text)}, {text[11:16]} UTC"


def bar(text: str) -> str:
    """Write where a bar begins: the day of a daily one, the instant of any other.

    >>> bar("2013-03-01"), bar("2013-03-01T15:30:00Z")
    ('1 Mar 2013', '1 Mar 2013, 15:30 UTC')
    """
    return moment(text) if "T" in text else day(text)


def slot(text: str) -> str:
    """Write a slot: its session where there is one a day, else its closing instant.

    >>> slot("XNYS/1d/2013-03-01T21:00:00Z"), slot("XNYS/1h/2013-03-01T15:30:00Z")
    ('1 Mar 2013', '1 Mar 2013, 15:30 UTC')
    >>> slot("24/7/1d/2013-03-02T00:00:00Z")
    '1 Mar 2013'
    """
    *_, length, closes = text.split("/")
    if length != "1d":
        return moment(closes)
    inside = datetime.fromisoformat(closes).astimezone(UTC) - timedelta(microseconds=1)
    return day(inside.date().isoformat())


def share(value: float) -> str:
    """Write a share of a whole, rounded down: what is nearly whole is not.

    >>> share(1.0), share(0.99999), share(0.5)
    ('100%', '99.99%', '50.00%')
    """
    if value >= 1:
        return "100%"
    percent = Decimal(str(value)) * 100
    return f"{percent.quantize(Decimal('0.01'), ROUND_FLOOR)}%"


def recorded(late: bool) -> str:
    """Write what became of a slot that was not recorded when it was due.

    >>> recorded(True), recorded(False)
    ('recorded late', 'not recorded')
    """
    return "recorded late" if late else "not recorded"


def series(state: str) -> str:
    """Write the state of a series of bars; one without any is of what is not traded yet.

    >>> series("empty"), series("complete")
    ('not listed yet', 'complete')
    """
    return "not listed yet" if state == "empty" else state


KINDS: Mapping[str, Callable[[Any], str]] = {
    "text": str,
    "badge": str,
    "count": lambda value: shown(value, "count"),
    "share": share,
    "slot": slot,
    "bar": bar,
    "moment": moment,
    "recorded": recorded,
    "series": series,
}


def told(value: object, kind: str) -> str:
    """Write the member of a list in its kind."""
    return KINDS[kind](value)


def parity_text(parity: Mapping[str, Any]) -> str:
    """Say in a sentence whether a record comes out again.

    >>> told = {"status": "equal", "advances_replayed": 2, "slots_replayed": 3}
    >>> parity_text({**told, "drifts": {"count": 0}})
    '3 decisions were worked out anew in 2 checks, and all came out as they were recorded.'
    """
    if parity["status"] == "drifted":
        return (
            "The newest replay was not equal to the record. "
            "Nothing is added until that is explained."
        )
    if parity["status"] == "empty":
        return "Nothing is recorded yet."
    advances, slots = parity["advances_replayed"], parity["slots_replayed"]
    if not slots:
        return "There is nothing yet that could have been worked out anew."
    checks = f"{shown(advances, 'count')} {plural(advances, 'check')}"
    count = f"{shown(slots, 'count')} {plural(slots, 'decision')}"
    drifts = parity["drifts"]["count"]
    if drifts:
        times = "once" if drifts == 1 else f"{shown(drifts, 'count')} times"
        return f"{count} worked out anew in {checks}; {times} the result was another."
    return f"{count} were worked out anew in {checks}, and all came out as they were recorded."


def needed_text(period: Mapping[str, Any]) -> str:
    """Say how long a record must become, or why no length can be named.

    >>> needed_text({"metrics": {"minimum_track_record": {"value": 812}}})
    '812 are needed before skill could be told from luck.'
    >>> loss = {"sharpe_ratio": {"value": -1.33}, "minimum_track_record": {"value": None}}
    >>> needed_text({"metrics": loss})
    'No length of record would do while its Sharpe ratio is not above zero.'
    >>> flat = {"sharpe_ratio": {"value": None, "reason": "the returns do not vary"}}
    >>> needed_text({"metrics": flat})
    'How long the record must become is not known yet: the returns do not vary.'
    """
    needed, sharpe = (
        period["metrics"].get(name) or {} for name in ("minimum_track_record", "sharpe_ratio")
    )
    ratio = sharpe.get("value")
    if needed.get("value"):
        return (
            f"{shown(needed['value'], 'sessions')} are needed before skill could be told from luck."
        )
    if ratio is not None and ratio <= 0:
        return "No length of record would do while its Sharpe ratio is not above zero."
    lacking = needed if ratio is not None else sharpe
    reason = lacking.get("reason") or "nothing is measured yet"
    return f"How long the record must become is not known yet: {reason}."


def _add_filters(pelican: Pelican) -> None:
    pelican.settings["JINJA_FILTERS"] |= {
        "shown": shown,
        "interval": interval,
        "quantity": quantity,
        "price": price,
        "trend": trend,
        "plural": plural,
        "day": day,
        "slot": slot,
        "told": told,
        "said": parity_text,
        "needed": needed_text,
    }


def register() -> None:
    """Offer the filters to every template."""
    signals.initialized.connect(_add_filters)

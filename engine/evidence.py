"""What a record shows, said in words: unproven unless shown otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.estimates import Estimate

FAR_AWAY = 25_000  # sessions, a century: a longer wait is no advice
UNTOLD = Estimate(None)


@dataclass(frozen=True)
class Verdict:
    """How much of a result may be luck; `text` says what is missing, in whole sentences."""

    level: str
    text: str


def verdict(record: Mapping[str, Estimate]) -> Verdict:
    """Judge a record by its own sessions alone; no backtest, however long, can prove it.

    record: the measures since registration (engine.metrics.measure); empty before the first
    session. The level is "unproven": what was tried before this robot was chosen has not been
    weighed, and without that no length of record is proof.

    >>> verdict({}).text
    'There is no record yet: all that is shown is a backtest, made after the fact.'
    """
    return Verdict("unproven", _missing(record))


def _missing(record: Mapping[str, Estimate]) -> str:
    sharpe = record.get("sharpe_ratio", UNTOLD)
    needed = record.get("minimum_track_record", UNTOLD)
    sessions = sharpe.sample_size or 0
    if sessions == 0:
        return "There is no record yet: all that is shown is a backtest, made after the fact."
    if sharpe.value is None:
        return f"The record has {_count(sessions)} and no Sharpe ratio yet: {sharpe.reason}."
    if sharpe.value <= 0:
        return (
            f"Over the {_count(sessions)} of its record the robot earned nothing for its risk: "
            "its Sharpe ratio is not above zero."
        )
    if needed.value is None:
        return f"The record has {_count(sessions)}, too few to tell its Sharpe ratio from luck."
    return _still_needed(sessions, int(needed.value) - sessions) + _interval(sharpe)


def _still_needed(sessions: int, more: int) -> str:
    if more > FAR_AWAY:
        return (
            "The Sharpe ratio of the record is so close to zero that more than a century of "
            "sessions would be needed to tell it from luck."
        )
    if more > 0:
        return (
            f"At least {_count(more, 'more ')} of record {'is' if more == 1 else 'are'} needed "
            "before this Sharpe ratio could be told from luck."
        )
    return (
        f"The {_count(sessions)} of record are enough to tell this Sharpe ratio from zero, had "
        "it been the only strategy tried; how many were tried before it is not weighed yet."
    )


def _interval(sharpe: Estimate) -> str:
    if sharpe.low is None or sharpe.high is None:
        return ""
    low, high = (f"{end:.2f}".replace("-", "−") for end in (sharpe.low, sharpe.high))
    return f" By the record alone it lies between {low} and {high}, with 95 % confidence."


def _count(sessions: int, more: str = "") -> str:
    return f"{sessions:,} {more}session{'' if sessions == 1 else 's'}"

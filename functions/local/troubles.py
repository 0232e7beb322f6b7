"""What went wrong with robots, as the user who runs the platform is told it."""

from functions.services.platform import Connect

_DRIFTED = """
SELECT s.slug, d.kind, d.slot
FROM executions e JOIN strategies s ON s.id = e.strategy_id LEFT JOIN LATERAL (
    SELECT kind, slot FROM drifts WHERE execution_id = e.id ORDER BY created_at DESC LIMIT 1
) d ON true
WHERE e.kind = 'paper' AND e.status = 'drifted' AND s.status <> 'archived' ORDER BY s.slug
"""
# A robot's newest backtest is the one that its page shows.
_BACKTESTS = """
SELECT DISTINCT ON (s.slug) s.slug, e.status = 'failed', COALESCE(e.error, 'no reason is kept')
FROM executions e JOIN strategies s ON s.id = e.strategy_id
WHERE e.kind = 'backtest' AND s.status <> 'archived' ORDER BY s.slug, e.created_at DESC
"""


def drifted(connect: Connect) -> dict[str, str]:
    """Return the robots whose record a replay has left, each with what drifted and where."""
    rows = connect().execute(_DRIFTED).fetchall()
    return {slug: f"{kind} at {slot}" if slot else "" for slug, kind, slot in rows}


def failed_backtests(connect: Connect) -> str:
    """Say how many of the robots' backtests failed and why, or nothing."""
    rows = connect().execute(_BACKTESTS).fetchall()
    robots: dict[str, list[str]] = {}
    for slug, failed, error in rows:
        if failed:
            robots.setdefault(error, []).append(slug)
    if not robots:
        return ""
    told = "; ".join(f"{', '.join(slugs)}: {error}" for error, slugs in robots.items())
    return f"{sum(map(len, robots.values()))} of {len(rows)} backtests failed: {told}"

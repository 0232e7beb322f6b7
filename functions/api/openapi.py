"""What the OpenAPI document says beside the routes themselves."""

from typing import Any

from functions.api.problems import Problem

DESCRIPTION = """\
Read what the platform's robots decided and what that would have been worth. No robot trades.

- **Who sees what.** Without a log-in: public robots. What is private and what does not exist
  answer alike, 404.
- **Backtest and record.** Every answer names the run (`execution`) that it is of, and its phase:
  `record` was decided since the robot's registration, one session after the other, `backtest`
  before it. Without `execution_id` the paper execution answers, else the newest finished
  backtest; runs are never mixed.
- **Numbers.** Money, prices and quantities are decimals with 8 places, as text. Metrics and
  changes are JSON numbers: fractions, not percent; drawdowns are negative. What is undefined
  is null and has a `reason`.
- **Times** are RFC 3339 in UTC, with Z. `start_date` and `end_date` are days in UTC, both
  included.
- **Lists** answer `items`, `total` and `next`. `total` is exact to 10,000; beyond that it is
  10000 and `total_is_minimum` is true. Give `next` back as `cursor`; the `Link` header has the
  whole address.
- **Caching.** Answers have an `ETag`; `If-None-Match` gets 304.
- **Live.** `/dashboard/strategies/{strategy_id}/updates` tells what each decision brought, by
  `seq`. The socket sends the same; a ticket opens it.
- **Problems** are `application/problem+json` (RFC 9457). A parameter that a route does not know
  is refused.
"""

TAGS = [
    {"name": "strategies", "description": "Robots: a strategy, its parameters, symbols and cash."},
    {"name": "executions", "description": "Runs of a robot: backtests and the paper execution."},
    {"name": "trades", "description": "Fills of simulated orders."},
    {"name": "performance", "description": "Metrics and equity, as recorded."},
    {"name": "parity", "description": "How a record was worked out anew and compared."},
    {"name": "data", "description": "Bars: what there is of them, and what was refused."},
    {"name": "dashboard", "description": "Several of these at once."},
    {"name": "health", "description": "Whether the platform answers."},
]

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    404: {"description": "Nothing is there, or it is not public.", "content": _PROBLEM},
    422: {"description": "A parameter was refused; `errors` says which.", "content": _PROBLEM},
    503: {
        "description": "The database does not answer just now.",
        "content": _PROBLEM,
        "headers": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
    },
    "default": {"description": "Any other problem.", "content": _PROBLEM},
}
TOO_MANY: dict[int | str, dict[str, Any]] = {
    429: {
        "description": "This address has asked for too many.",
        "content": _PROBLEM,
        "headers": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
    }
}
_ETAG = {"description": "The answer's mark, for If-None-Match.", "schema": {"type": "string"}}
_LINK = {
    "description": 'The address of the next part, rel="next" (RFC 8288).',
    "schema": {"type": "string"},
}
_UNCHANGED = {
    "description": "The answer is the one whose ETag was given.",
    "headers": {"ETag": _ETAG},
}


def finished(document: dict[str, Any]) -> dict[str, Any]:
    """Add what the gate and the pager add to answers: ETag, 304, Link, problems."""
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    document["components"]["schemas"] |= {**schema.pop("$defs"), "Problem": schema}
    for path in document["paths"].values():
        for operation in path.values():
            _describe(operation)
    return document


def _describe(operation: dict[str, Any]) -> None:
    if "200" not in operation["responses"]:
        return  # what makes something is neither kept nor compared
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    headers = {"ETag": _ETAG, "Link": _LINK} if "cursor" in names else {"ETag": _ETAG}
    operation["responses"]["200"]["headers"] = headers
    operation["responses"]["304"] = _UNCHANGED

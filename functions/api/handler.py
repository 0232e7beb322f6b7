"""The function behind `ANY /api/{proxy+}`: HTTP API events (payload 2.0) in, answers out."""

import asyncio
from typing import Any

from mangum import Mangum

from functions.api.app import create_app
from functions.api.database import Database

app = create_app(Database.from_environment())
_loop = asyncio.new_event_loop()
asyncio.set_event_loop(_loop)
_adapter = Mangum(app, lifespan="off", text_mime_types=["text/", "application/"])


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request; the same process answers one at a time, from whichever thread."""
    asyncio.set_event_loop(_loop)
    answer: dict[str, Any] = _adapter(event, context)  # type: ignore[arg-type]
    return answer

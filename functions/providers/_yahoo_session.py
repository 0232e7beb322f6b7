"""The one door through which yfinance reaches Yahoo: imported with it, on first use."""

import json
import time
from typing import Any
from urllib.parse import unquote, urlsplit

from curl_cffi.requests import Response, Session
from curl_cffi.requests.exceptions import RequestException

from engine.errors import ParameterError
from functions.providers._patience import Passing, retry_after

LONGEST_REQUEST = 15.0
_CHART = "/v8/finance/chart/"
_COOKIE_TOO_OLD = (401, 403)  # yfinance then asks again with another cookie


class YahooSession(Session[Response]):
    """Ends every request in time, and tells a refusal from a failure that may pass.

    Without it yfinance takes a failure for an empty answer, asks on other ways, and keeps
    broken answers in its memory.
    """

    def __init__(self, url: str | None) -> None:
        super().__init__(impersonate="chrome")
        self._url = url
        self._end = 0.0

    def allow(self, seconds: float) -> None:
        """Let requests be sent, and answered, from now on for so long."""
        self._end = time.monotonic() + seconds

    def request(self, method: Any, url: str, *args: Any, **options: Any) -> Response:  # noqa: ANN401
        """Send one request; ParameterError for a symbol that Yahoo does not have."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise Passing("no answer in time")
        parts = urlsplit(url)
        if self._url:
            url = f"{self._url.rstrip('/')}{parts.path}"
        options["timeout"] = min(left, LONGEST_REQUEST)
        chart = parts.path.startswith(_CHART)
        try:
            response = super().request(method, url, *args, **options)
        except RequestException as error:
            if not chart:
                raise
            raise Passing(f"{type(error).__name__}: {error}".split(". See ")[0]) from error
        if chart and response.status_code not in _COOKIE_TOO_OLD:
            _check(response, unquote(parts.path.removeprefix(_CHART)))
        return response


def _check(response: Response, symbol: str) -> None:
    status = response.status_code
    wait = retry_after(response.headers.get("Retry-After"))
    if status == 429:
        raise Passing(f"too many requests (429), it asks to wait {wait:.0f} s", wait)
    if status >= 500:
        raise Passing(f"it answered {status}", wait)
    try:
        error = (json.loads(response.content).get("chart") or {}).get("error")
    except (ValueError, AttributeError) as fault:
        raise Passing(f"the answer ({status}) is no whole JSON") from fault
    if error or status >= 400:
        told = (error or {}).get("description") or f"it answered {status}"
        raise ParameterError(f"no bars of {symbol!r} from Yahoo: {told}")

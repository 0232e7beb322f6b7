"""Handing frames to open connections, by the same call in the cloud and on one machine."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from time import monotonic
from typing import Any, NamedTuple

from aws_lambda_powertools import Logger

AT_ONCE = 8
_WAITS_SECONDS = 2
_BEGINS_WITHIN_SECONDS = 4.0

logger = Logger(service="tradingrobotplug", child=True)


class Posted(NamedTuple):
    """What became of frames: how many arrived, and which connections are closed."""

    frames: int
    gone: list[str]


class Line:
    """Open connections, reached by their ids."""

    def __init__(self, url: str) -> None:
        import boto3
        from botocore.config import Config

        config = Config(
            connect_timeout=_WAITS_SECONDS,
            read_timeout=_WAITS_SECONDS,
            retries={"total_max_attempts": 1},
            max_pool_connections=AT_ONCE,
        )
        self._client: Any = boto3.client("apigatewaymanagementapi", endpoint_url=url, config=config)

    def post(self, frames: Mapping[str, Sequence[str]]) -> Posted:
        """Send each connection its frames in order; one that does not take them stops no other.

        Nothing more is begun after a few seconds, where frames are taken slowly or not at all.
        Whoever misses a frame sees the gap in seq and asks for it.
        """
        until = monotonic() + _BEGINS_WITHIN_SECONDS
        jobs = [(connection_id, texts, until) for connection_id, texts in frames.items()]
        if len(jobs) == 1:
            return self._post(*jobs[0])
        with ThreadPoolExecutor(AT_ONCE) as threads:
            return _together(list(threads.map(lambda job: self._post(*job), jobs)))

    def close(self, connection_id: str) -> None:
        """Close a connection; one that is closed stays so."""
        with suppress(self._client.exceptions.GoneException):
            self._client.delete_connection(ConnectionId=connection_id)

    def _post(self, connection_id: str, frames: Iterable[str], until: float) -> Posted:
        sent = 0
        try:
            for frame in frames:
                if monotonic() > until:
                    logger.warning("frame left out", extra={"connection": connection_id})
                    break
                self._client.post_to_connection(ConnectionId=connection_id, Data=frame.encode())
                sent += 1
        except self._client.exceptions.GoneException:
            return Posted(sent, [connection_id])
        except Exception as error:  # a frame is a hint; whoever missed it asks for it
            logger.warning(
                "frame not taken", extra={"connection": connection_id, "error": str(error)}
            )
        return Posted(sent, [])


@cache
def line_to(url: str) -> Line:
    """Return the process's line to a place; made once, since making the client takes long."""
    return Line(url)


def _together(posted: Sequence[Posted]) -> Posted:
    return Posted(sum(one.frames for one in posted), [id_ for one in posted for id_ in one.gone])

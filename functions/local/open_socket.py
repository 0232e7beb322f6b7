"""One open connection of the WebSocket API: what waits to be sent to it, and when it ends."""

import asyncio
import time
from collections import deque
from typing import NamedTuple

from starlette.websockets import WebSocket

GOING_AWAY, TOO_SLOW = 1001, 1013


class Limits(NamedTuple):
    """When a connection ends by itself: without a frame, at all, and with so much unread."""

    idle_seconds: float = 600.0
    lasts_seconds: float = 7200.0
    unread_bytes: int = 1_048_576
    payload_bytes: int = 131_072


class OpenSocket:
    """One open connection: what waits to be sent, and when a frame last went either way."""

    def __init__(self, websocket: WebSocket, limits: Limits) -> None:
        self._websocket = websocket
        self._limits = limits
        self._waiting: deque[str] = deque()
        self._bytes = 0
        self._more = asyncio.Event()
        self._ends_at = time.monotonic() + limits.lasts_seconds
        self._used_at = time.monotonic()
        self.ended = asyncio.get_running_loop().create_future()

    def offer(self, frame: str) -> bool:
        """Take a frame to be sent; False from when the client reads too slowly."""
        if self.ended.done():
            return False
        self._bytes += len(frame.encode())
        if self._bytes > self._limits.unread_bytes:
            self.end(TOO_SLOW)
            return False
        self._waiting.append(frame)
        self._more.set()
        return True

    def end(self, code: int) -> None:
        """Let the connection be closed."""
        if not self.ended.done():
            self.ended.set_result(code)

    def used(self) -> None:
        """Count from now how long nothing is said."""
        self._used_at = time.monotonic()

    async def send_all(self) -> None:
        """Send what is offered, in order, for as long as the connection is open."""
        while True:
            await self._more.wait()
            while self._waiting:
                frame = self._waiting.popleft()
                await self._websocket.send_text(frame)
                self._bytes -= len(frame.encode())
                self.used()
            self._more.clear()

    async def watch_the_clock(self) -> None:
        """End the connection when it was idle, or lasted, for too long."""
        while True:
            ends = min(self._used_at + self._limits.idle_seconds, self._ends_at)
            if (left := ends - time.monotonic()) <= 0:
                self.end(GOING_AWAY)
                return
            await asyncio.sleep(left)

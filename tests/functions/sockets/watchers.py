"""Clients that lose their connection again and again, and what they have in the end."""

import asyncio
import json
import random
from collections import Counter
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.builders.fronts import Front

QUIET_SECONDS = 2.0


class Watcher:
    """A client as the protocol asks for it; has: by robot, the leaf hash of each seq in order."""

    def __init__(self, front: Front, robot: str, targets: dict[str, int], seed: int) -> None:
        self.robot = robot
        self.has: dict[str, list[str]] = {slug: [] for slug in targets}
        self.counts: Counter[str] = Counter()
        self._front = front
        self._targets = targets
        self._random = random.Random(seed)
        self._breaks = self._random.randint(1, 3)
        self._asked = False

    async def watch(self) -> None:
        """Watch, with a few connections that break at random, until all is there."""
        while not self._complete():
            ticket = await asyncio.to_thread(self._front.ticket)
            address = self._front.address(self.robot, ticket)
            # On a busy machine a ticket may be too old by the time it is looked at.
            with suppress(ConnectionClosed, InvalidStatus, OSError):
                async with connect(
                    address, compression=None, open_timeout=60, close_timeout=1, max_queue=64
                ) as socket:
                    self.counts["connections"] += 1
                    await self._listen(socket)

    async def _listen(self, socket: ClientConnection) -> None:
        self._asked = False
        breaks_after = self._random.randint(1, 8)
        await self._resume(socket)
        while not self._complete():
            try:
                async with asyncio.timeout(QUIET_SECONDS):
                    text = await socket.recv()
            except TimeoutError:
                await socket.send('{"type":"ping"}')
                continue
            await self._hear(socket, json.loads(text))
            breaks_after -= 1
            if breaks_after <= 0 < self._breaks:
                self._break(socket)
                return

    def _break(self, socket: ClientConnection) -> None:
        """Half of the connections end without a goodbye."""
        self.counts["broken"] += 1
        self._breaks -= 1
        if self._random.random() < 0.5:
            socket.transport.abort()

    async def _hear(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        self.counts[frame["type"]] += 1
        data, behind = frame["data"], False
        if frame["type"] == "updates":
            for item in data["items"]:
                behind = not self._take(frame["strategy"], item) or behind
            behind = behind or (data["more"] and not self._asked)
        elif frame["type"] == "resumed":
            self._asked = False
            behind = data["more"]
        elif frame["type"] == "heartbeat":
            behind = any((head or 0) > len(self.has[slug]) for slug, head in self._mine(data))
        if behind:
            await self._resume(socket)

    def _mine(self, data: dict[str, Any]) -> list[tuple[str, int | None]]:
        return [(slug, head) for slug, head in data["seqs"].items() if slug in self.has]

    def _take(self, slug: str, item: dict[str, Any]) -> bool:
        """Take an update in its turn; False where there is a gap before it."""
        has = self.has[slug]
        if item["seq"] <= len(has):
            self.counts["again"] += 1
            assert has[item["seq"] - 1] == item["decision"]["hash"], "a seq has two contents"
        elif item["seq"] == len(has) + 1:
            has.append(item["decision"]["hash"])
            self.counts["taken"] += 1
        else:
            self.counts["gaps"] += 1
            return False
        return True

    async def _resume(self, socket: ClientConnection) -> None:
        """Ask once; whoever asks again before the answer has ended is answered twice."""
        if self._asked:
            return
        self._asked = True
        seqs = {slug: len(has) for slug, has in self.has.items()}
        told = {"seqs": seqs} if self.robot == "all" else {"seq": seqs[self.robot]}
        await socket.send(json.dumps({"type": "resume", **told}))
        self.counts["resumes"] += 1

    def _complete(self) -> bool:
        return all(len(self.has[slug]) >= most for slug, most in self._targets.items())

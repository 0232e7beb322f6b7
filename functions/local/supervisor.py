"""`robotplug run`: the parent of the platform's processes.

It starts them, shows what they tell, and stops them all when it is told to or when one of
them ends. PostgreSQL may outlive a parent that was killed; the next start adopts it.
"""

import http.client
import os
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from queue import Empty, SimpleQueue

from engine.errors import RobotPlugError
from functions.local import environment, terminal
from functions.local.child import Child, Message
from functions.local.choice import BAR, Choice
from functions.local.database import Database
from functions.local.deployment import read
from functions.local.folder import Folder, kept_choice, open_folder
from functions.local.interrupts import Interrupts
from functions.local.listener import listen, listen_backstage
from functions.local.messages import Messages
from functions.local.settings import Settings
from functions.local.terminal import Terminal
from functions.store.roles import API, JOBS

STOPS_WITHIN_SECONDS = 5.0
ANSWERS_WITHIN_SECONDS = 30.0
_LOOKS_EVERY_SECONDS = 1.0


def run(settings: Settings, *, as_json: bool = False) -> None:
    """Run until Ctrl-C or SIGTERM; RobotPlugError when it cannot start or a part ends.

    as_json: each line that is shown is one JSON object. A second Ctrl-C ends the processes
    without waiting for them.
    """
    interrupts = Interrupts()
    interrupts.catch()
    settings = replace(settings, choice=_followed(settings))
    with terminal.opened(as_json=as_json) as shown, open_folder(settings.folder) as folder:
        try:
            with listen(settings.port) as listener, Platform(folder, shown, interrupts) as platform:
                platform.start(settings, listener)
                platform.keep_running()
        except KeyboardInterrupt:
            shown.line(f"stopped; {_next_run(folder)}")


def _followed(settings: Settings) -> Choice:
    """Return the market to follow, that of the record which goes on; checked before anything is."""
    kept = kept_choice(settings.folder)
    choice = settings.choice.within(kept, settings.folder)
    os.environ.update(choice.variables())  # the provider reads it from there
    daily = {one.slots[0] for one in read().schedules if one.slots[1] == BAR}
    return choice.checked(sorted(daily))


def _next_run(folder: Folder) -> str:
    if folder.ended.exists():
        return "the next run keeps this record and starts a new one"
    return "the next run goes on from here"


class Platform:
    """PostgreSQL and three Python processes, started in order and stopped in reverse."""

    def __init__(self, folder: Folder, shown: Terminal, interrupts: Interrupts) -> None:
        self._folder = folder
        self._interrupts = interrupts
        self._shown = shown
        self._inbox: SimpleQueue[Message] = SimpleQueue()
        self._children: list[Child] = []
        self._database = Database(folder)
        self._messages = Messages(folder, shown)
        self._open = ExitStack()

    def __enter__(self) -> "Platform":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        try:
            if kind is KeyboardInterrupt:
                self._shown.line("stopping; Ctrl-C again does not wait")
            with self._interrupts.let_through():
                for child in reversed(self._children):
                    child.stop(STOPS_WITHIN_SECONDS)
        except KeyboardInterrupt:
            for child in self._children:
                child.kill()
        finally:
            self._open.close()
            self._database.stop()

    def start(self, settings: Settings, listener: socket.socket) -> None:
        """Bring everything up; return when the first page is there."""
        deployment, choice = read(), settings.choice
        self._make_room()
        scrubbed = environment.scrubbed(self._folder)
        moto = self._spawn("moto", scrubbed)
        self._start_database()
        endpoint = f"http://127.0.0.1:{self._answer_of(moto, 'port')}"
        backstage = self._open.enter_context(listen_backstage())
        connections_url = f"http://127.0.0.1:{backstage.getsockname()[1]}"
        self._shown.stage("storage", 1, 1)
        places = environment.Places(endpoint, settings.address, connections_url)
        given = environment.of_functions(deployment, places, choice)
        functions = {**scrubbed, **given}
        web = {**functions, "DATABASE_URL": self._database.url(API)}
        self._spawn_web(web, listener, backstage)
        jobs = {**functions, "DATABASE_URL": self._database.url(JOBS)}
        asking = {**jobs, **environment.to_the_network(choice)}
        worker = self._spawn("worker", asking, "--pace", str(settings.pace))
        self._answer_of(worker, "ready")
        _wait_for_page(settings.port)
        self._folder.tell_running(jobs)
        self._shown.line(f"\nThe platform is at {settings.address}   (Ctrl-C stops it)")

    def keep_running(self) -> None:
        """Show what the worker tells until something ends, which is an error."""
        while True:
            message = self._next()
            if message is not None:
                self._show(message)
            self._database.check()

    def _make_room(self) -> None:
        if self._folder.ended.exists():
            self._database.stop()
            old = self._folder.retire()
            self._shown.line(f"the last record had reached its end; it is kept in {old}")
        self._folder.prepare()

    def _start_database(self) -> None:
        self._shown.stage("PostgreSQL", 0, 1)
        self._database.start()
        self._shown.stage("PostgreSQL", 1, 1)
        self._shown.stage("tables", 0, 1)
        self._database.prepare()
        self._shown.stage("tables", 1, 1)

    def _spawn_web(
        self, variables: Mapping[str, str], listener: socket.socket, backstage: socket.socket
    ) -> None:
        descriptors = listener.fileno(), backstage.fileno()
        arguments = ("--descriptor", str(descriptors[0]), "--backstage", str(descriptors[1]))
        self._spawn("web", variables, *arguments, descriptors=descriptors)

    def _spawn(
        self,
        name: str,
        variables: Mapping[str, str],
        *arguments: str,
        descriptors: Sequence[int] = (),
    ) -> Child:
        with self._interrupts.held():  # a process that is not in the list would be left behind
            child = Child(name, self._folder, variables, self._inbox, arguments, descriptors)
            self._children.append(child)
        return child

    def _answer_of(self, child: Child, key: str) -> object:
        """Wait until a child tells this, showing what is told meanwhile."""
        while True:
            message = self._next()
            if message is None:
                continue
            if message.child == child.name and key in message.content:
                return message.content[key]
            self._show(message)

    def _next(self) -> Message | None:
        try:
            return self._inbox.get(timeout=_LOOKS_EVERY_SECONDS)
        except Empty:
            return None

    def _show(self, message: Message) -> None:
        if "exit" in message.content:
            raise self._ended(message.child, message.content["exit"])
        self._messages.show(message.content)

    def _ended(self, name: str, code: int) -> RobotPlugError:
        child = next(child for child in self._children if child.name == name)
        return RobotPlugError(
            f"{name} ended by itself (exit code {code}); {child.log} ends with:\n"
            f"{child.last_lines()}"
        )


def _wait_for_page(port: int) -> None:
    deadline = time.monotonic() + ANSWERS_WITHIN_SECONDS
    while (status := _status_of_page(port)) != http.HTTPStatus.OK:
        if time.monotonic() > deadline:
            raise RobotPlugError(f"the first page is not there (status {status}); see the logs")
        time.sleep(0.1)


def _status_of_page(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWERS_WITHIN_SECONDS)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()

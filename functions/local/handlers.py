"""The functions of serverless.yml, called in this process as Lambda calls them."""

import importlib
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.local.deployment import ACCOUNT, REGION, Function

Answer = dict[str, Any] | None
Handler = Callable[[dict[str, Any], object], Answer]


@dataclass(frozen=True)
class Context:
    """What Lambda tells a handler about its call."""

    function: Function
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    memory_limit_in_mb: int = 1024
    function_version: str = "$LATEST"
    _started: float = field(default_factory=time.monotonic)

    @property
    def function_name(self) -> str:
        """Return the name in serverless.yml."""
        return self.function.name

    @property
    def invoked_function_arn(self) -> str:
        """Return the function's name as AWS writes it."""
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function.name}"

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left of the function's timeout."""
        spent = time.monotonic() - self._started
        return max(0, int((self.function.timeout_seconds - spent) * 1000))


class Handlers:
    """Every handler, imported at its first call and kept, as a warm function is."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self._functions = functions
        self._loaded: dict[str, Handler] = {}

    def load(self, name: str) -> Handler:
        """Import the module that serverless.yml names and return its handler."""
        if name not in self._loaded:
            module, _, attribute = self._functions[name].handler.rpartition(".")
            imported = importlib.import_module(module.replace("/", "."))
            self._loaded[name] = getattr(imported, attribute)
        return self._loaded[name]

    def call(self, name: str, event: dict[str, Any]) -> Answer:
        """Call a handler; what it raises is the caller's, as a failed invocation."""
        return self.load(name)(event, Context(self._functions[name]))

"""The ports that `web` serves, taken before anything else is started."""

import errno
import socket
import time

from engine.errors import RobotPlugError

_ORPHAN_ENDS_WITHIN_SECONDS = 1.0


def listen(port: int) -> socket.socket:
    """Return a listening socket on 127.0.0.1; RobotPlugError when the port is not to be had.

    Connections wait in it until `web` accepts them, so a browser that comes early waits
    instead of failing.
    """
    deadline = time.monotonic() + _ORPHAN_ENDS_WITHIN_SECONDS
    while True:
        try:
            return _listening(port)
        except OSError as error:
            busy = error.errno == errno.EADDRINUSE
            if not busy or time.monotonic() > deadline:
                raise _refused(port, error) from error
            time.sleep(0.05)


def listen_backstage() -> socket.socket:
    """Return a listening socket of 127.0.0.1 on any free port, for our own processes."""
    return _listening(0)


def _listening(port: int) -> socket.socket:
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _refused(port: int, error: OSError) -> RobotPlugError:
    reason = "is busy" if error.errno == errno.EADDRINUSE else f"is refused ({error.strerror})"
    other = port + 1 if port < 65535 else port - 1
    return RobotPlugError(f"port {port} {reason}; take another one: PORT={other} make run")

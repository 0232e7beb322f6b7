"""What the platform that runs on this machine has published."""

import http.client
import json
from typing import Any

from engine.errors import RobotPlugError, unknown

Document = dict[str, Any]


def league(port: int) -> Document:
    """Return the league table; RobotPlugError when no platform answers at the port."""
    found = _document(port, "/data/robots/index.json")
    if found is None or "robots" not in found:
        raise RobotPlugError(f"what answers at port {port} has no robots; {_way_out(port)}")
    return found


def robot(port: int, slug: str) -> Document:
    """Return one robot's summary; ParameterError names the nearest."""
    slugs = [one["slug"] for one in league(port)["robots"]]
    if slug not in slugs:
        raise unknown("public robot", slug, slugs or ["none yet"])
    found = _document(port, f"/data/robots/{slug}/summary.json")
    if found is None:
        raise RobotPlugError(f"{slug} is not published yet; try again in a few seconds")
    return found


def _document(port: int, path: str) -> Document | None:
    """Fetch one document; None where what answers has none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        found = json.loads(body) if answer.status == http.HTTPStatus.OK else None
    except OSError:
        raise RobotPlugError(f"no platform runs at port {port}; {_way_out(port)}") from None
    except (http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return found if isinstance(found, dict) else None


def _way_out(port: int) -> str:
    other = port + 1 if port < 65535 else port - 1
    return f"start it with `robotplug run`, or name its port: robotplug robots --port {other}"

"""Every page through the Nu HTML checker."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.budgets.npm import installed
from tests.budgets.places import fetch
from tests.budgets.verdicts import Finding, counted


def markup(address: str, paths: list[str]) -> Iterator[Finding]:
    """Check each page as it is served."""
    jar = installed("vnu-jar/build/dist/vnu.jar")
    with tempfile.TemporaryDirectory() as folder:
        named = {}
        for number, path in enumerate(paths):
            file = Path(folder, f"{number}.html")
            file.write_bytes(fetch(f"{address}{path}"))
            named[file.as_uri()] = path
        command = ["java", "-Xss2m", "-jar", str(jar), "--format", "json", "--stdout"]
        checked = subprocess.run([*command, folder], capture_output=True, text=True, check=False)
    messages = json.loads(checked.stdout)["messages"]
    faults = [
        f"{_page(each, named)}: {each['message']} {each.get('extract', '').strip()[:100]!r}"
        for each in messages
        if each["type"] == "error" or each.get("subType") == "warning"
    ]
    yield Finding("pages read by vnu", str(len(paths)))
    yield counted("errors and warnings of vnu", faults)


def _page(message: dict[str, str], named: dict[str, str]) -> str:
    url = message.get("url", "").replace("file:/", "file:///").replace("file://////", "file:///")
    return named.get(url.replace("file:////", "file:///"), url)

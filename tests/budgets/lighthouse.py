"""Lighthouse with its mobile profile, as published with its npm package."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

from tests.budgets.looking import PLACES
from tests.budgets.npm import installed
from tests.budgets.verdicts import Finding

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
METRICS = (
    "first-contentful-paint",
    "largest-contentful-paint",
    "total-blocking-time",
    "cumulative-layout-shift",
    "speed-index",
)


def lighthouse(address: str, paths: list[str]) -> Iterator[Finding]:
    """Report the four scores of each page, what they come from, and what costs points."""
    program = installed("lighthouse/cli/index.js")
    for path in paths:
        report = _report(str(program), f"{address}{path}")
        if report is None:
            yield Finding(f"Lighthouse of {path}", "did not run", "100 × 4", kept=False)
            continue
        scores = {
            name: round(100 * (report["categories"][name]["score"] or 0)) for name in CATEGORIES
        }
        words = ", ".join(f"{name} {score}" for name, score in scores.items())
        yield Finding(f"Lighthouse of {path}", words, "100 × 4", details=_details(report))


def _report(program: str, url: str) -> dict[str, Any] | None:
    command = ["node", program, url, "--quiet", "--output=json", "--output-path=stdout"]
    command += [f"--only-categories={','.join(CATEGORIES)}"]
    command += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
    chrome = next((path for name in PLACES if (path := shutil.which(name))), "")
    environment = os.environ | {"CHROME_PATH": chrome}
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if not ran.stdout.startswith("{"):
        return None
    report: dict[str, Any] = json.loads(ran.stdout)
    return report


def _details(report: dict[str, Any]) -> tuple[str, ...]:
    audits = report["audits"]
    measured = ", ".join(f"{name} {audits[name].get('displayValue', '–')}" for name in METRICS)
    weighed = {
        each["id"] for name in CATEGORIES for each in report["categories"][name]["auditRefs"]
        if each["weight"] > 0
    }  # fmt: skip
    lost = [
        f"{name}: {audits[name]['title']} ({audits[name]['score']})"
        for name in sorted(weighed)
        if audits[name]["score"] is not None and audits[name]["score"] < 1
    ]
    speed = f"{report['environment']['benchmarkIndex']:.0f}"
    machine = f"this machine's speed index was {speed}; below 1,000 the times are too long"
    return (measured, machine, *lost)

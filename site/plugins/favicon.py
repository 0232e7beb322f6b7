"""favicon.ico, for programs that ask for it unread: the lines of favicon.svg drawn in pixels."""

import math
import re
import struct
import zlib
from itertools import pairwise
from pathlib import Path

from pelican import Pelican
from pelican.plugins import signals

SIZE, ROUNDING, WIDTH = 32, 8.0, 2.4  # as favicon.svg has them
BODY, LINE = (0x1B, 0x1F, 0x2A), (0xFF, 0xFF, 0xFF)

Point = tuple[float, float]


def icon(svg: str) -> bytes:
    """Return an icon file that holds one picture."""
    picture = _png(_rows(strokes(svg)))
    head = struct.pack("<HHH", 0, 1, 1)
    entry = struct.pack("<BBBBHHII", SIZE, SIZE, 0, 0, 1, 32, len(picture), 22)
    return head + entry + picture


def strokes(svg: str) -> list[list[Point]]:
    """Return the lines of the drawing's path.

    >>> strokes('<path d="M11 8.5v5.5M7 22.5l5-2.5 4 3.5"/>')
    [[(11.0, 8.5), (11.0, 14.0)], [(7.0, 22.5), (12.0, 20.0), (16.0, 23.5)]]
    """
    lines: list[list[Point]] = []
    data = "".join(re.findall(r' d="([^"]+)"', svg))
    for letter, rest in re.findall(r"([Mvl])([^Mvl]+)", data):
        numbers = [float(each) for each in re.findall(r"-?[\d.]+", rest)]
        if letter == "M":
            lines.append([(numbers[0], numbers[1])])
            continue
        steps = [0.0, *numbers] if letter == "v" else numbers
        for across, down in zip(steps[::2], steps[1::2], strict=True):
            x, y = lines[-1][-1]
            lines[-1].append((x + across, y + down))
    return lines


def _rows(lines: list[list[Point]]) -> bytes:
    pairs = [pair for line in lines for pair in pairwise(line)]
    middles = [at + 0.5 for at in range(SIZE)]
    return b"".join(b"\0" + b"".join(_pixel((x, y), pairs) for x in middles) for y in middles)


def _pixel(at: Point, pairs: list[tuple[Point, Point]]) -> bytes:
    line = _share(WIDTH / 2 - min(_distance(at, *pair) for pair in pairs))
    colour = [round(b + (w - b) * line) for b, w in zip(BODY, LINE, strict=True)]
    beyond = [max(abs(each - SIZE / 2) - SIZE / 2 + ROUNDING, 0.0) for each in at]
    return bytes([*colour, round(255 * _share(ROUNDING - math.hypot(*beyond)))])


def _share(inside: float) -> float:
    """How much of a pixel is covered whose middle lies so far inside an edge."""
    return min(max(inside + 0.5, 0.0), 1.0)


def _distance(at: Point, start: Point, end: Point) -> float:
    (x, y), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
    along = ((at[0] - x) * dx + (at[1] - y) * dy) / (dx * dx + dy * dy)
    along = min(max(along, 0.0), 1.0)
    return math.hypot(at[0] - x - along * dx, at[1] - y - along * dy)


def _png(rows: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _write_icon(pelican: Pelican) -> None:
    if pelican.settings["DIRTY_SLUGS"] == "all":
        drawing = Path(pelican.theme) / "static" / "favicon.svg"
        icon_file = Path(pelican.output_path) / "favicon.ico"
        icon_file.write_bytes(icon(drawing.read_text(encoding="utf-8")))


def register() -> None:
    """Write the icon with every full build."""
    signals.finalized.connect(_write_icon)

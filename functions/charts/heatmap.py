"""The table of returns as a heat map for Plotly."""

from collections.abc import Sequence

from functions.charts.palette import Palette
from functions.charts.panels import bold_heading
from functions.charts.plots import Json, layout
from functions.charts.returns_table import (
    GAP,
    STRONGEST,
    TOP,
    Line,
    fullest,
    height,
    short_percent,
    sign,
)
from functions.charts.scale import MONTHS, percent

NOTHING = (None,) * 12
TOTAL_AT = 12.6


def heatmap(table: Sequence[Line], colours: Palette) -> Json:
    """Return data and layout; headings are rows without values."""
    own = {
        "margin": {"l": 40, "r": 4, "t": TOP, "b": 8},
        "hovermode": "closest",
        "annotations": _headings(table, colours),
        "meta": {"note": None},
    }
    data = [_heat(table, colours), _totals(table, colours)] if table else []
    return {"data": data, "layout": layout(colours, height(table), **_axes(table, colours)) | own}


def _axes(table: Sequence[Line], colours: Palette) -> Json:
    bare = {"showgrid": False, "zeroline": False, "fixedrange": True, "ticks": ""}
    years = [(at, str(line.year)) for at, line in enumerate(table) if line.year is not None]
    return {
        "xaxis": {
            "side": "top",
            "range": [-0.6, 13.5],
            "tickangle": 0,
            "tickvals": [*range(12), TOTAL_AT],
            "ticktext": [*MONTHS, "Year"],
            **bare,
        },
        "yaxis": {
            "range": [len(table) - 0.5, -0.5],
            "tickvals": [at for at, _ in years],
            "ticktext": [words for _, words in years],
            "tickfont": {"color": colours.ink},
            **bare,
        },
    }


def _heat(table: Sequence[Line], colours: Palette) -> Json:
    full = fullest(table)
    values = [line.values or NOTHING for line in table]
    return {
        "type": "heatmap",
        "x": list(range(12)),
        "y": list(range(len(table))),
        "z": [[None if v is None else round(v, 4) for v in row] for row in values],
        "text": [["" if v is None else short_percent(v) for v in row] for row in values],
        "customdata": [
            [f"{month} {line.year}, {line.phase}" for month in MONTHS] for line in table
        ],
        "texttemplate": "%{text}",
        "textfont": {"color": colours.ink, "size": 11},
        "hovertemplate": "%{customdata}: %{z:+.1%}<extra></extra>",
        "zmin": -full,
        "zmax": full,
        "xgap": GAP,
        "ygap": GAP,
        "showscale": False,
        "colorscale": [
            [0.0, _mixed(colours.loss, colours.surface)],
            [0.5, colours.surface],
            [1.0, _mixed(colours.gain, colours.surface)],
        ],
        "hoverongaps": False,
    }


def _totals(table: Sequence[Line], colours: Palette) -> Json:
    rows = [(at, line.total) for at, line in enumerate(table) if line.total is not None]
    return {
        "type": "scatter",
        "mode": "text",
        "x": [TOTAL_AT] * len(rows),
        "y": [at for at, _ in rows],
        "text": [f"<b>{percent(total, 1)}</b>" for _, total in rows],
        "textfont": {"color": [getattr(colours, sign(total)) for _, total in rows], "size": 12},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _headings(table: Sequence[Line], colours: Palette) -> list[Json]:
    return [
        {
            "text": bold_heading(line.phase, ""),
            "showarrow": False,
            "xref": "paper",
            "yref": "y",
            "x": 0,
            "xshift": -36,
            "y": at,
            "xanchor": "left",
            "font": {
                "size": 11,
                "color": colours.accent if line.phase == "record" else colours.muted,
            },
        }
        for at, line in enumerate(table)
        if line.year is None
    ]


def _mixed(colour: str, surface: str) -> str:
    """Lay a colour over the surface as strongly as the drawing does."""
    pairs = [(int(colour[at : at + 2], 16), int(surface[at : at + 2], 16)) for at in (1, 3, 5)]
    mixed = (round(STRONGEST * over + (1 - STRONGEST) * under) for over, under in pairs)
    return "#" + "".join(f"{each:02x}" for each in mixed)

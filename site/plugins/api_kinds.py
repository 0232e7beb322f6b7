"""What a schema of the API allows, in words."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from pelican import Pelican
from pelican.plugins import signals

Json = Mapping[str, Any]
SCHEMAS = "#/components/schemas/"
PLAIN = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
}
FORMATS = {"date": "day", "date-time": "instant", "uuid": "id"}


def kind_of(schema: Json, *, optional: bool = False) -> Markup:
    """Say in words what a schema allows; an object by its name, with a link to it.

    optional: leaves out null, which stands for a parameter that is not given.

    >>> print(kind_of({"type": "array", "items": {"$ref": "#/components/schemas/Trade"}}))
    list of <a href="#schema-trade">Trade</a>
    >>> print(kind_of({"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}))
    day or null
    """
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(SCHEMAS)
        return Markup('<a href="#schema-{}">{}</a>').format(name.lower(), name)
    if "anyOf" in schema:
        kinds = [kind_of(each) for each in schema["anyOf"]]
        return Markup(" or ").join(kind for kind in kinds if not (optional and kind == "null"))
    if schema.get("type") == "array":
        return Markup("list of {}").format(kind_of(schema.get("items", {})))
    if isinstance(schema.get("additionalProperties"), Mapping):
        return Markup("object of {} by name").format(kind_of(schema["additionalProperties"]))
    plain = PLAIN.get(schema.get("type", ""), "anything")
    return Markup("{}").format(FORMATS.get(schema.get("format", ""), plain))


def limits_of(schema: Json) -> list[str]:
    """Say what a value may be beyond its kind, and what it is when it is not given.

    >>> limits_of({"type": "integer", "minimum": 1, "maximum": 500, "default": 50})
    ['1 to 500', '50 by default']
    >>> limits_of({"enum": ["daily", "weekly"], "examples": ["daily"]})
    ['daily, weekly']
    """
    inner = next((one for one in schema.get("anyOf", []) if one.get("type") != "null"), {})
    every = {**inner, **schema}
    told = [", ".join(map(str, every["enum"]))] if "enum" in every else []
    if "minimum" in every and "maximum" in every:
        told.append(f"{every['minimum']:,} to {every['maximum']:,}")
    if every.get("default") is not None:
        told.append(f"{every['default']} by default")
    if "enum" not in every and every.get("examples"):
        told.append(f"as {every['examples'][0]}")
    return told


def _add_filters(pelican: Pelican) -> None:
    pelican.settings["JINJA_FILTERS"] |= {"kind": kind_of, "limits": limits_of}


def register() -> None:
    """Offer the filters to every template."""
    signals.initialized.connect(_add_filters)

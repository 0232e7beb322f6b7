"""The reference of the REST API: one page, made of the published OpenAPI document alone."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from markdown import markdown
from markupsafe import Markup
from pelican import Pelican
from pelican.generators import Generator
from pelican.plugins import signals
from pelican.writers import Writer

Json = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
URL = "docs/api/"


class Field(NamedTuple):
    """One member of an object, or one parameter; `place` is where a parameter stands."""

    name: str
    schema: Json
    required: bool
    description: str
    place: str = ""


class Operation(NamedTuple):
    """One route with its method. `body` and `answer` are schemas, None where there is none."""

    id: str
    method: str
    path: str
    summary: str
    told: Markup
    parameters: list[Field]
    body: Json | None
    answer: Json | None
    problems: list[tuple[str, str]]
    document: Json


class Schema(NamedTuple):
    """An object that routes answer with."""

    name: str
    description: str
    fields: list[Field]


class ApiReference(Generator):
    """Writes the page with every full build."""

    def generate_output(self, writer: Writer) -> None:
        """Write the page; without a description it only says where to find one."""
        if self.settings["DIRTY_SLUGS"] != "all":
            return
        told = described(Path(self.settings["ROBOT_DATA"]) / "openapi.json")
        page = self.get_template("api")
        writer.write_file(
            f"{URL}index.html",
            page,
            self.context,
            url=URL,
            api=told,
            groups=list(grouped(told)),
            schemas=list(schemas(told)),
            introduction=_markup(told.get("info", {}).get("description", "")),
            base=self.settings["SITEURL"] or "http://127.0.0.1:8000",
        )


def described(path: Path) -> Json:
    """Read the description; empty where nothing described the API yet."""
    if not path.is_file():
        return {}
    document: Json = json.loads(path.read_bytes())
    return document


def grouped(document: Json) -> Iterator[tuple[str, str, list[Operation]]]:
    """Each tag that has routes, with what it says and its routes, in the document's order."""
    found = list(operations(document))
    for tag in document.get("tags", []):
        members = [each for each in found if tag["name"] in each.document.get("tags", [])]
        if members:
            yield tag["name"], tag.get("description", ""), members


def operations(document: Json) -> Iterator[Operation]:
    """Every route with every method."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield _operation(path, method, item[method])


def _operation(path: str, method: str, told: Json) -> Operation:
    answers = told["responses"]
    good = next((answers[status] for status in answers if status.startswith("2")), {})
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told.get("summary", ""),
        told=_markup(told.get("description", "")),
        parameters=[_parameter(each) for each in told.get("parameters", [])],
        body=_content(told.get("requestBody", {})),
        answer=_content(good),
        problems=[
            (status, answer.get("description", ""))
            for status, answer in answers.items()
            if status[0] in "45"
        ],
        document=told,
    )


def _content(part: Json) -> Json | None:
    contents = part.get("content", {})
    return next((each["schema"] for each in contents.values() if "schema" in each), None)


def _parameter(told: Json) -> Field:
    schema = told.get("schema", {})
    description = told.get("description", schema.get("description", ""))
    return Field(told["name"], schema, told.get("required", False), description, told["in"])


def schemas(document: Json) -> Iterator[Schema]:
    """Every object by name."""
    for name, schema in sorted(document.get("components", {}).get("schemas", {}).items()):
        required = schema.get("required", [])
        fields = [
            Field(each, told, each in required, told.get("description", ""))
            for each, told in schema.get("properties", {}).items()
        ]
        yield Schema(name, schema.get("description", ""), fields)


def _markup(text: str) -> Markup:
    return Markup(markdown(text, output_format="html"))  # noqa: S704 - the API's own words


def outlined(groups: list[tuple[str, str, list[Operation]]]) -> list[Json]:
    """The groups as the headings of the page."""
    return [
        {
            "id": tag,
            "text": tag.capitalize(),
            "below": [{"id": each.id, "text": each.summary} for each in members],
        }
        for tag, _, members in groups
    ]


def _add_filters(pelican: Pelican) -> None:
    pelican.settings["JINJA_FILTERS"] |= {"outlined": outlined}


def _generator(_pelican: Pelican) -> type[Generator]:
    return ApiReference


def register() -> None:
    """Add the page to every full build."""
    signals.initialized.connect(_add_filters)
    signals.get_generators.connect(_generator)

"""The reference of the strategy API, written from the signatures and docstrings of the code.

What is written is exactly what the source says: signatures are taken from it as they stand there.
"""

import ast
import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

WIDEST = 84
TOLD = re.compile(r"(\w+(?:, \w+)*): ")
CODE = re.compile(r"(`[^`]*`)")
OWN = ("engine", "functions", "strategies")


class Group(NamedTuple):
    """Some names of a module under one heading."""

    title: str
    module: str
    names: Sequence[str]
    words: str = ""


@dataclass(frozen=True)
class Member:
    """What a class or a module has; shown: as code. kind: "method", "property" or "field"."""

    name: str
    kind: str
    shown: str
    doc: str
    known: frozenset[str] = frozenset()


def reference(groups: Sequence[Group]) -> str:
    """Return the page's Markdown from its first group on."""
    return "\n\n".join(part for group in groups for part in _group(group)) + "\n"


def _group(group: Group) -> Iterator[str]:
    yield f"## {group.title}"
    if group.words:
        yield group.words
    for name in group.names:
        yield f"### {name}"
        yield from _entry(group.module, name)


def _entry(module: str, name: str) -> Iterator[str]:
    thing = getattr(import_module(module), name)
    if inspect.isclass(thing):
        yield from _class(thing)
    elif inspect.isfunction(thing):
        yield from _shown(_function(_node(thing), name))
    else:
        yield _fenced(_assigned(module, name))


def _class(kind: type) -> Iterator[str]:
    members = _members(kind)
    fields = [one for one in members if one.kind == "field"]
    bases = ", ".join(base.__name__ for base in kind.__bases__ if _is_told(base))
    head = f"class {kind.__name__}{f'({bases})' if bases else ''}:"
    yield _fenced("\n".join([head, *([f"    {one.shown}" for one in fields] or ["    ..."])]))
    yield _prose(inspect.cleandoc(kind.__doc__ or ""), {one.name for one in members})
    read = [one for one in members if one.kind == "property"]
    if read:
        yield "\n".join(f"- `{one.shown}`: {_text(' '.join(one.doc.split()))}" for one in read)
    for one in members:
        if one.kind == "method":
            yield f"#### {kind.__name__}.{one.name}"
            yield from _shown(one)


def _is_told(base: type) -> bool:
    return base.__module__.split(".")[0] in OWN or issubclass(base, Exception)


def _members(kind: type) -> list[Member]:
    """What a class has for its users, its bases' first, each once and as it was last written."""
    found: dict[str, Member] = {}
    for owner in reversed(kind.__mro__):
        if owner.__module__.split(".")[0] in OWN:
            for node in _node(owner).body:
                for one in _member(node):
                    found[one.name] = one
    return list(found.values())


def _member(node: ast.stmt) -> Iterator[Member]:
    match node:
        case ast.FunctionDef(name=name) if not name.startswith("_"):
            yield _function(node, name)
        case ast.AnnAssign(target=ast.Name(id=name)) if not name.startswith("_"):
            yield Member(name, "field", ast.unparse(node), "")


def _function(node: ast.FunctionDef, name: str) -> Member:
    doc = inspect.cleandoc(ast.get_docstring(node) or "")
    marks = {ast.unparse(mark) for mark in node.decorator_list}
    if marks & {"property", "cached_property"}:
        return Member(name, "property", f"{name}: {_type(node.returns)}", doc)
    words = [each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    mark = "@classmethod\n" if "classmethod" in marks else ""
    return Member(name, "method", mark + _signature(node), doc, frozenset(words))


def _signature(node: ast.FunctionDef) -> str:
    arguments, returns = _arguments(node.args), f" -> {_type(node.returns)}"
    line = f"def {node.name}({', '.join(arguments)}){returns}: ..."
    if len(line) <= WIDEST:
        return line
    lines = "".join(f"    {each},\n" for each in arguments)
    return f"def {node.name}(\n{lines}){returns}: ..."


def _type(told: ast.expr | None) -> str:
    """A type as it is read, without the quotes that one needs which is not there yet."""
    if isinstance(told, ast.Constant) and isinstance(told.value, str):
        return told.value
    return "None" if told is None else ast.unparse(told)


def _arguments(args: ast.arguments) -> list[str]:
    """Each argument as it is written; commas inside of types and defaults part nothing."""
    text, depth, parts = ast.unparse(args), 0, [""]
    for letter in text:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [_spaced(part.strip()) for part in parts if part.strip()]


def _spaced(argument: str) -> str:
    """Put air around the default of an argument with a type, as it is written."""
    name, colon, rest = argument.partition(": ")
    told, equals, default = rest.rpartition("=")
    return f"{name}: {told} = {default}" if colon and equals else argument


def _shown(member: Member) -> Iterator[str]:
    yield _fenced(member.shown)
    if member.doc.strip():
        yield _prose(member.doc, member.known)


def _fenced(code: str, language: str = "py") -> str:
    return f"```{language}\n{code}\n```"


def _prose(doc: str, known: set[str] | frozenset[str]) -> str:
    """A docstring as Markdown: what it says of an argument as a list, its examples as sessions."""
    blocks = [_block(block, known) for block in doc.split("\n\n") if block.strip()]
    return "\n\n".join(blocks)


def _block(block: str, known: set[str] | frozenset[str]) -> str:
    if block.lstrip().startswith(">>>"):
        return _fenced(block, "pycon")
    lines: list[str] = []
    for line in block.splitlines():
        told = TOLD.match(line)
        if told and set(told[1].split(", ")) <= set(known):
            names = ", ".join(f"`{name}`" for name in told[1].split(", "))
            lines += ([""] if lines and not lines[-1].startswith(("-", "  ")) else []) + [
                f"- {names}: {_text(line[told.end() :])}"
            ]
        else:
            inside = bool(lines) and lines[-1].startswith(("-", "  "))
            lines.append(("  " if inside else "") + _text(line.strip()))
    return "\n".join(lines)


def _text(words: str) -> str:
    """Words that Markdown leaves as they are, but for code in backticks."""
    parts = CODE.split(words)
    return "".join(
        part if part.startswith("`") else re.sub(r"([*\\])", r"\\\1", escape(part, quote=False))
        for part in parts
    )


def _assigned(module: str, name: str) -> str:
    """The line that defines a constant or a type, from wherever it was imported."""
    for each in _modules(import_module(module)):
        for node in _tree(each).body:
            target = getattr(node, "target", None) or (getattr(node, "targets", None) or [None])[0]
            if isinstance(target, ast.Name) and target.id == name:
                return ast.unparse(node)
    raise LookupError(f"nothing defines {name} of {module}")


def _modules(module: ModuleType) -> list[ModuleType]:
    homes = getattr(module, "_HOMES", {}).values()
    return [module, *(import_module(f"{module.__name__}.{home}") for home in sorted(set(homes)))]


@cache
def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))


def _node(thing: Any) -> Any:
    module = import_module(thing.__module__)
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == thing.__name__:
            return node
    raise LookupError(f"nothing defines {thing.__name__} in {thing.__module__}")

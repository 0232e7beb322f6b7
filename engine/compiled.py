"""The loop as machine code: the rules themselves, compiled by Numba, which is imported here alone.

Numba would hand a NamedTuple of arrays on by value, array by array, and count references to each.
So the loop is given the address of one block of words for each NamedTuple: an array is its own
address and its lengths, a number is itself. To the rules it looks the same.
"""

from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any, NamedTuple, get_type_hints

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core.caching import FunctionCache
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    models,
    register_jitable,
    register_model,
)
from numba.misc.appdirs import AppDirs
from numba.np.arrayobj import make_array, populate_array

from engine.loop import advance, decide, next_busy
from engine.money import Ints
from engine.orders import Orders
from engine.prices import Prices
from engine.rulebook import fingerprint, reached
from engine.state import Events, Rules, State, Waiting
from engine.tables import whole_of

NUMBERS = {bool: types.boolean, int: types.int64, float: types.float64}
WORD = ir.IntType(64)
TABLES = (Events, Waiting, Orders)
KEPT = 8


class Field(NamedTuple):
    """A field of a NamedTuple: its type, its first word, and of an array what its numbers are."""

    name: str
    kind: Any
    place: int
    dtype: "np.dtype[Any] | None"


class Struct(types.Type):
    """A NamedTuple as the compiled loop has it: its fields, and how many words they take."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.fields: list[Field] = []
        self.size = 0

    def lay_out(self, value: tuple[Any, ...]) -> "Struct":
        """Give each field its words, by what a first value holds."""
        if self.fields:
            return self
        hints = get_type_hints(type(value))
        for name, item in value._asdict().items():  # type: ignore[attr-defined]
            kind, words = _kind(hints[name], item)
            self.fields.append(Field(name, kind, self.size, getattr(item, "dtype", None)))
            self.size += words
        return self

    def field(self, name: str) -> Field | None:
        """Return the field of this name, or None."""
        return next((one for one in self.fields if one.name == name), None)


def _kind(hint: object, item: object) -> tuple[Any, int]:
    """The type of a field, and how many words it takes."""
    if isinstance(item, np.ndarray):
        return types.Array(numba.from_dtype(item.dtype), item.ndim, "C"), 1 + item.ndim
    if isinstance(item, tuple):
        inner = Struct(type(item).__name__).lay_out(item)
        return inner, inner.size
    return (types.none if item is None else NUMBERS[hint]), 1  # type: ignore[index]


class Words:
    """The words of one NamedTuple after another, of which only what changed is written anew."""

    def __init__(self, struct: Struct) -> None:
        self.words: Ints = np.zeros(struct.size, np.int64)
        self._struct = struct
        self._floats = self.words.view(np.float64)
        self._last: tuple[Any, ...] | None = None  # it keeps alive what the words point to

    def of(self, value: tuple[Any, ...]) -> Ints:
        """Return the words; they are good until the next call."""
        if value is not self._last:  # bar by bar it is mostly the same one, changed in place
            last, self._last = self._last, None
            try:
                self._write(self._struct, 0, value, last)
            except ValueError as error:
                raise ValueError(f"{self._struct.name}{error}") from None
            self._last = value
        return self.words

    def _write(
        self, struct: Struct, at: int, value: tuple[Any, ...], last: tuple[Any, ...] | None
    ) -> None:
        """Write what is not the same as it was last; last: None where all of it is new."""
        whole = whole_of(value) if isinstance(value, TABLES) else None
        fields = struct.fields
        if whole is not None:
            first = at + fields[1].place
            self._write_table(first, at + struct.size, whole)
            fields = fields[:1]
        for number, field in enumerate(fields):
            before = None if last is None else last[number]
            if before is None or before is not value[number]:
                try:
                    self._write_field(field, at + field.place, value[number], before)
                except ValueError as error:
                    raise ValueError(f".{field.name}{error}") from None

    def _write_table(self, at: int, stop: int, whole: Ints) -> None:
        """Write the addresses and lengths of columns that are the rows of one array."""
        columns, length = whole.shape
        address, step = whole.__array_interface__["data"][0], length * whole.itemsize
        self.words[at:stop:2] = address + step * np.arange(columns)
        self.words[at + 1 : stop : 2] = length

    def _write_field(self, field: Field, at: int, item: Any, before: Any) -> None:
        kind = field.kind
        if isinstance(kind, Struct):
            self._write(kind, at, item, before)
        elif field.dtype is not None:
            _check(field, item)
            self.words[at : at + 1 + item.ndim] = item.__array_interface__["data"][0], *item.shape
        elif (kind is types.none) != (item is None):
            raise ValueError(f" is {item!r}; the loop was compiled for {kind}")
        elif kind is types.float64:
            self._floats[at] = item
        elif kind is not types.none:
            self.words[at] = item


def _check(field: Field, item: Any) -> None:
    """Refuse what the machine code would read as something else."""
    if not isinstance(item, np.ndarray) or not item.flags.c_contiguous:
        raise ValueError(" must be a contiguous array, not a view nor anything else")
    if item.dtype != field.dtype or item.ndim != field.kind.ndim:
        raise ValueError(
            f" has {item.ndim} dimensions of {item.dtype}; "
            f"the loop was compiled for {field.kind.ndim} of {field.dtype}"
        )


def contiguous(value: Any) -> Any:
    """Return a NamedTuple of arrays that are only read in the form that `Words` takes."""
    if isinstance(value, tuple):
        return type(value)(*(contiguous(item) for item in value))
    return np.ascontiguousarray(value) if isinstance(value, np.ndarray) else value


register_model(Struct)(models.OpaqueModel)


@infer_getattr
class _Attributes(AttributeTemplate):
    key = Struct

    def generic_resolve(self, struct: Struct, name: str) -> Any:
        field = struct.field(name)
        return field.kind if field else None


@lower_getattr_generic(Struct)
def _field(context: Any, builder: Any, struct: Struct, block: Any, name: str) -> Any:
    field = struct.field(name)
    assert field is not None  # noqa: S101 - for the type alone
    kind = field.kind
    word = builder.gep(builder.bitcast(block, WORD.as_pointer()), [WORD(field.place)])
    if isinstance(kind, Struct):
        return builder.bitcast(word, block.type)
    if isinstance(kind, types.Array):
        return _array(context, builder, kind, word)
    if kind is types.none:
        return context.get_dummy_value()
    if kind is types.boolean:
        return builder.icmp_signed("!=", builder.load(word), WORD(0))
    return builder.load(builder.bitcast(word, context.get_value_type(kind).as_pointer()))


def _array(context: Any, builder: Any, kind: Any, word: Any) -> Any:
    """An array that nobody counts references to: whoever calls the loop keeps it alive."""
    shape = [builder.load(builder.gep(word, [WORD(1 + axis)])) for axis in range(kind.ndim)]
    size = context.get_abi_sizeof(context.get_data_type(kind.dtype))
    strides = [WORD(size)]
    for length in shape[:0:-1]:
        strides.insert(0, builder.mul(strides[0], length))
    pointer = context.get_value_type(types.CPointer(kind.dtype))
    array = make_array(kind)(context, builder)
    populate_array(array, builder.inttoptr(builder.load(word), pointer), shape, strides, size, None)
    return array._getvalue()


@intrinsic
def _view(_typing: Any, words: Any, kind: Any) -> Any:
    """Words as the NamedTuple that they are of."""
    struct = kind.instance_type

    def lower(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        array = make_array(words)(context, builder, arguments[0])
        return builder.bitcast(array.data, context.get_value_type(struct))

    return struct(words, kind), lower


STATE, PRICES, RULES = Struct("State"), Struct("Prices"), Struct("Rules")


def _advance(state: Ints, prices: Ints, rules: Ints, start: int, stop: int) -> int:
    return advance(_view(state, STATE), _view(prices, PRICES), _view(rules, RULES), start, stop)


def _decide(state: Ints, prices: Ints, rules: Ints, row: int) -> None:
    decide(_view(state, STATE), _view(prices, PRICES), _view(rules, RULES), row)


def _next_busy(state: Ints, prices: Ints, start: int, stop: int) -> int:
    return next_busy(_view(state, STATE), _view(prices, PRICES), start, stop)


class Bound:
    """The compiled loop over one run's prices."""

    def __init__(self, compiled: "Compiled", prices: Words, rules: Words) -> None:
        self._compiled = compiled
        self._words = Words(STATE), prices, rules
        self._read = prices.words, rules.words

    def advance(self, state: State, start: int, stop: int) -> int:
        """Play rows as `engine.loop.advance` does."""
        return int(self._compiled.advance(self._words[0].of(state), *self._read, start, stop))

    def decide(self, state: State, row: int) -> None:
        """Take in what was decided, as `engine.loop.decide` does."""
        self._compiled.decide(self._words[0].of(state), *self._read, row)

    def next_busy(self, state: State, start: int, stop: int) -> int:
        """Find the next row at which anything can happen as `engine.loop.next_busy` does."""
        words = self._words[0].of(state)
        return int(self._compiled.next_busy(words, self._read[0], start, stop))


class Compiled:
    """The compiled loop of this process.

    folder: where machine code is kept, by default the user's own cache folder. Where nothing can
    be written it is compiled for this process alone.
    """

    def __init__(self, state: State, prices: Prices, rules: Rules, folder: str = "") -> None:
        for struct, value in ((STATE, state), (PRICES, prices), (RULES, rules)):
            struct.lay_out(value)
        self._rules = _register()
        self._folder = folder
        self._read: tuple[tuple[tuple[Any, ...], Words], ...] = ()
        words = types.Array(types.int64, 1, "C")
        self._signatures: dict[Callable[..., Any], tuple[Any, ...]] = {
            _advance: (words, words, words, types.int64, types.int64),
            _decide: (words, words, words, types.int64),
            _next_busy: (words, words, types.int64, types.int64),
        }
        self._dispatchers = [self._dispatcher(one) for one in self._signatures]
        self.advance, self.decide, self.next_busy = self._dispatchers

    @property
    def switched_off(self) -> bool:
        """Whether the environment says NUMBA_DISABLE_JIT=1."""
        return bool(numba.config.DISABLE_JIT)

    def bound(self, prices: Prices, rules: Rules) -> Bound:
        """Return the loop over one run's prices; it belongs to one thread."""
        return Bound(self, self._words_of(PRICES, prices), self._words_of(RULES, rules))

    def _words_of(self, struct: Struct, value: tuple[Any, ...]) -> Words:
        """Write once what several runs have in common; it is only read."""
        for known, words in self._read:
            if known is value:
                return words
        words = Words(struct)
        words.of(contiguous(value))
        self._read = (value, words), *self._read[: KEPT - 1]
        return words

    def stored(self) -> bool:
        """Whether the machine code of these very rules lies on disk, for this very processor."""
        return all(
            isinstance(one._cache, FunctionCache) and bool(one._cache._cache_file._load_index())
            for one in self._dispatchers
        )

    def compile(self) -> None:
        """Load the machine code, or make it and keep it."""
        signatures = self._signatures.values()
        for dispatcher, signature in zip(self._dispatchers, signatures, strict=True):
            dispatcher.compile(signature)
            dispatcher.disable_compile()

    def _dispatcher(self, function: Callable[..., Any]) -> Any:
        config, before = numba.config, (numba.config.CACHE_DIR, numba.config.CACHE_LOCATOR_CLASSES)
        own = (
            self._folder or before[0] or AppDirs("tradingrobotplug", appauthor=False).user_cache_dir
        )
        config.CACHE_DIR = f"{own}/{fingerprint(self._rules, numba.__version__)}"
        config.CACHE_LOCATOR_CLASSES = "UserProvidedCacheLocator"
        try:
            return numba.njit(nogil=True, cache=True)(function)
        except RuntimeError:  # nothing can be written there
            return numba.njit(nogil=True)(function)
        finally:
            config.CACHE_DIR, config.CACHE_LOCATOR_CLASSES = before


@cache
def _register() -> tuple[FunctionType, ...]:
    """Let Numba compile every rule that the loop comes to; returns them in order of coming."""
    rules = tuple(dict.fromkeys((*reached(advance), *reached(decide))))
    for rule in rules:
        register_jitable(rule)
    return rules

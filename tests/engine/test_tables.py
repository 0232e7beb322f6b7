"""Tables are rows of one array, however they came about."""

import numpy as np
import pytest

from engine.orders import Orders
from engine.state import Events, Waiting
from engine.tables import empty_table, joined, whole_of, widened

pytestmark = pytest.mark.engine

KINDS = pytest.mark.parametrize("kind", [Orders, Events, Waiting])


def filled(kind, rows, capacity):
    table = empty_table(kind, capacity)
    table.used[0] = rows
    for number, column in enumerate(table[1:]):
        column[:rows] = np.arange(rows) + 100 * number
    return table


@KINDS
def test_columns_have_their_types_and_one_array(kind):
    table = empty_table(kind, 5)
    reals = {name for name, column in table._asdict().items() if column.dtype == np.float64}
    assert reals == {"ratio", "wish"} & set(kind._fields)
    assert {column.dtype for column in table} <= {np.dtype(np.int64), np.dtype(np.float64)}
    assert whole_of(table).shape == (len(kind._fields) - 1, 5)


@KINDS
@pytest.mark.parametrize(("more", "room"), [(3, 5), (4, 10), (20, 25)])
def test_a_wider_table_has_the_same_rows(kind, more, room):
    table = filled(kind, 2, 5)
    wider = widened(table, more)
    assert (wider is table) == (room == 5)
    assert wider.used is table.used
    assert whole_of(wider).shape[1] == room
    for column, before in zip(wider[1:], table[1:], strict=True):
        assert column[:2].tolist() == before[:2].tolist()
        assert not column[2:].any()


@KINDS
def test_two_tables_joined(kind):
    first, then = filled(kind, 3, 3), filled(kind, 1, 4)
    both = joined(first, then)
    assert (both.used.tolist(), whole_of(both).shape[1]) == ([4], 7)
    assert both[2].tolist() == [100, 101, 102, 100, 0, 0, 0]


@KINDS
def test_a_column_from_elsewhere_makes_it_a_table_of_several_arrays(kind):
    table, name = filled(kind, 2, 5), kind._fields[3]
    assert whole_of(table._replace(**{name: table[3].copy()})) is None

import hashlib
import json

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from functions.services.record.leaf import GENESIS, Decision, Terms, chain, leaf_hash, plain

TERMS = Terms(
    robot="c6cbdc81-785d-59da-9e56-50290a828a06",
    segment=1,
    code="a" * 64,
    parameters={"slow": 20, "fast": 5, "band": 1e-7, "exit": 65.0},
    rules="1",
    options={"commission_bps": 5.0, "cash_buffer": 0.1},
)
texts = st.text(st.characters(exclude_categories=["Cs"]))
amounts = st.integers(0, 10**17).map(lambda units: f"{units // 10**8}.{units % 10**8:08d}")
orders = st.lists(st.fixed_dictionaries({"id": texts, "amount": amounts, "symbol": texts}))
accounts = st.fixed_dictionaries(
    {
        "cash": amounts,
        "positions": st.dictionaries(
            st.text("ABCDEF", min_size=1), st.fixed_dictionaries({"quantity": amounts})
        ),
        "waiting": orders,
    }
)


def decisions(*found: tuple[list[object], object]) -> list[Decision]:
    return [
        Decision(seq, f"XNYS/1d/{seq}", f"{seq:064d}", plain(asked), plain(account))
        for seq, (asked, account) in enumerate(found, 1)
    ]


@given(st.lists(st.tuples(orders, accounts), max_size=3))
def test_a_leaf_is_its_own_canonical_text(found):
    for leaf in chain(TERMS, decisions(*found), GENESIS):
        assert rfc8785.dumps(json.loads(leaf.text)) == leaf.text.encode()


def test_terms_that_differ_are_written_apart():
    written = {
        chain(TERMS._replace(parameters={"exit": value}), decisions(([], {})), GENESIS)[0].text
        for value in (65, 65.0, 66.5, True, "65", None, [65])
    }
    assert len(written) == 6  # of numbers a whole one has one text


@given(st.recursive(texts | st.integers(-(2**53) + 1, 2**53 - 1) | st.none(), st.lists))
def test_plain_text_is_canonical(value):
    assert plain({"value": value}).encode() == rfc8785.dumps({"value": value})


def test_the_chain_is_verified_with_a_hash_function_alone():
    leaves = chain(TERMS, decisions(([], {"cash": "1"}), ([], {"cash": "2"})), GENESIS)
    prev = GENESIS
    for seq, leaf in enumerate(leaves, 1):
        told = json.loads(leaf.text)
        assert (told["v"], told["seq"], told["prev"]) == (1, seq, prev)
        prev = hashlib.sha256(b"\x00" + leaf.text.encode()).hexdigest()
        assert leaf.hash == prev


def test_a_leaf_holds_all_that_the_design_names():
    (leaf,) = chain(TERMS, decisions(([], {"cash": "1"})), GENESIS)
    told = json.loads(leaf.text)
    assert told == {
        **TERMS._asdict(),
        "v": 1,
        "seq": 1,
        "slot": "XNYS/1d/1",
        "prev": GENESIS,
        "tape": f"{1:064d}",
        "orders": [],
        "account": {"cash": "1"},
    }


def test_a_known_hash():
    assert leaf_hash(b"{}") == hashlib.sha256(b"\x00{}").hexdigest()
    assert leaf_hash(b"") == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.engines.merkle import leaf_hash, proof_of, root_of, root_of_proof

LEAVES = st.lists(st.binary(max_size=4).map(leaf_hash), min_size=1, max_size=40)


def plain_root(leaves):
    """The definition in RFC 6962, section 2.1, split at the largest power of two."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    pair = plain_root(leaves[:split]) + plain_root(leaves[split:])
    return hashlib.sha256(b"\x01" + pair).digest()


@given(LEAVES)
def test_root_is_that_of_the_standard(leaves):
    assert root_of(leaves) == plain_root(leaves)


@given(LEAVES, st.data())
def test_proof_leads_from_its_leaf_alone_to_the_root(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = proof_of(leaves, index)
    assert root_of_proof(leaves[index], proof) == root_of(leaves)
    assert root_of_proof(leaf_hash(b"another leaf"), proof) != root_of(leaves)


def test_root_of_no_leaf_is_the_hash_of_nothing():
    assert root_of([]) == hashlib.sha256(b"").digest()


def test_leaf_differs_from_an_inner_node_of_the_same_bytes():
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != root_of([left, right])


def test_salt_changes_the_leaf():
    assert leaf_hash(b"a", b"salt") != leaf_hash(b"a", b"another salt")


@pytest.mark.parametrize("index", [-1, 2])
def test_proof_of_no_leaf_is_refused(index):
    with pytest.raises(IndexError):
        proof_of([leaf_hash(b"a"), leaf_hash(b"b")], index)

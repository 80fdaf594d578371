#!/usr/bin/env python3
"""Check a published allocation with nothing but Python's standard library.

    python3 zhiqiao_verify.py bundle bundle.json leaves.txt
    python3 zhiqiao_verify.py leaf bundle.json leaves.txt my-leaf.json [--own PROGRAMME=SCORE ...]

``bundle`` checks what anybody can check: the root over the leaves, the totals, and that no programme
has a cutoff while it has places left. ``leaf`` checks what a candidate can check with the own leaf
(a file with ``salt`` and ``content``, told to that candidate alone): that it is among the leaves, and,
with own scores, that the first listed programme whose published cutoff is met is the result.

What it does not prove is printed from the bundle. It shares no code with the program that allocates.
"""

import argparse
import hashlib
import json
import sys
from decimal import Decimal, InvalidOperation

FORMAT = "zhiqiao-allocation-bundle/1"
OVER_THE_PLAN = "admit-all"


def leaf_hash(content, salt):
    return hashlib.sha256(b"\x00" + salt + content).digest()


def root_of(leaves):
    """The tree of RFC 6962, section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    pair = root_of(leaves[:split]) + root_of(leaves[split:])
    return hashlib.sha256(b"\x01" + pair).digest()


def read_bundle(path):
    with open(path, encoding="utf-8") as file:
        bundle = json.load(file)
    if bundle.get("format") != FORMAT:
        raise ValueError(f"{path} is no bundle of the format {FORMAT}")
    return bundle


def read_leaves(path):
    with open(path, encoding="ascii") as file:
        return [bytes.fromhex(line) for line in file.read().split()]


def faults_of_bundle(bundle, leaves):
    """Yield what is wrong with a bundle and its leaves."""
    if leaves != sorted(leaves):
        yield "the leaves are not sorted"
    if len(set(leaves)) != len(leaves):
        yield "a leaf stands there twice"
    told = bundle["leaves"]
    if len(leaves) != told["number"] or len(leaves) != bundle["counts"]["candidates"]:
        yield f"{len(leaves)} leaves for {bundle['counts']['candidates']} candidates"
    if root_of(leaves).hex() != told["root"]:
        yield "the root is not that of these leaves"
    policy = bundle["ties"]["policy"]
    for line in bundle["lines"]:
        name = f"{line['programme'] or '-'} ({line['category']})"
        if line["admitted"] > line["places"] and policy != OVER_THE_PLAN:
            yield f"{name}: {line['admitted']} admitted to {line['places']} places"
        if line["admitted"] < line["places"] and line["cutoff"] is not None:
            yield f"{name}: a cutoff, though places are left"
    if "seed" in bundle["ties"]:
        seed = b"zhiqiao lottery seed\0" + bundle["ties"]["seed"].encode()
        if hashlib.sha256(seed).hexdigest() != bundle["ties"]["commitment"]:
            yield "the seed is not the one that was committed to"


def faults_of_leaf(bundle, leaves, leaf, own):
    """Yield what is wrong with one candidate's leaf."""
    content = leaf["content"]
    if leaf_hash(content.encode(), bytes.fromhex(leaf["salt"])) not in set(leaves):
        yield "your leaf is not among the published leaves"
    told = json.loads(content)
    if own:
        yield from faults_of_result(bundle, told, own)


def faults_of_result(bundle, told, own):
    """The first listed programme whose open cutoff is met must be the result, or a better one is."""
    cutoffs = {
        line["programme"]: line["cutoff"] for line in bundle["lines"] if line["category"] == "open"
    }
    for _rank, programme, reason in told["choices"]:
        if programme not in own or programme not in cutoffs:
            continue
        cutoff = cutoffs[programme]
        if programme == told["programme"]:
            return
        if reason == "below-cutoff" and (cutoff is None or own[programme] > Decimal(cutoff)):
            yield f"{programme}: your {own[programme]} is above the cutoff {cutoff or '(none)'}"


def own_scores(given):
    scores = {}
    for one in given:
        name, _, value = one.rpartition("=")
        try:
            scores[name] = Decimal(value)
        except InvalidOperation:
            raise ValueError(f"{one!r}: PROGRAMME=SCORE is needed") from None
    return scores


def main(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["bundle", "leaf"])
    parser.add_argument("bundle")
    parser.add_argument("leaves")
    parser.add_argument("leaf", nargs="?")
    parser.add_argument("--own", action="append", default=[], metavar="PROGRAMME=SCORE")
    given = parser.parse_args(words)
    try:
        bundle, leaves = read_bundle(given.bundle), read_leaves(given.leaves)
        faults = list(faults_of_bundle(bundle, leaves))
        if given.what == "leaf":
            if given.leaf is None:
                parser.error("name the file of your leaf")
            with open(given.leaf, encoding="utf-8") as file:
                faults += faults_of_leaf(bundle, leaves, json.load(file), own_scores(given.own))
    except (OSError, ValueError, KeyError) as error:
        print(f"cannot be checked: {error}")
        return 2
    for fault in faults:
        print(f"WRONG: {fault}")
    print("This does not prove:")
    for sentence in bundle["not_proven"]:
        print(f"  - {sentence}")
    print("Everything that can be checked holds." if not faults else f"{len(faults)} faults.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

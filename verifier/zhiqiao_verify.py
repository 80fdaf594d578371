#!/usr/bin/env python3
"""Check a published allocation with nothing but Python's standard library.

    python3 zhiqiao_verify.py bundle bundle.json leaves.txt [--key PUBLIC-KEY] [--commitment HASH]
    python3 zhiqiao_verify.py leaf bundle.json leaves.txt my-leaf.json [--own PROGRAMME=SCORE ...] [--key PUBLIC-KEY]

``bundle`` checks what anybody can check: the root over the leaves, the totals, and that no programme
has a cutoff while it has places left. ``leaf`` checks what a candidate can check with the own leaf
(a file with ``salt`` and ``content``, told to that candidate alone): that it is among the leaves, and,
with own scores, that the first listed programme whose published cutoff is met is the result.
With ``--commitment``, the hash that was published before lots were drawn, both check that the seed is
the one it stood for. With ``--key``, the public key of who publishes (64 hexadecimal digits, known from elsewhere than the
bundle), both check that this key signed the bundle.

What it does not prove is printed from the bundle. It shares no code with the program that allocates.
"""

import argparse
import hashlib
import json
import sys
from decimal import Decimal, InvalidOperation

FORMAT = "zhiqiao-allocation-bundle/1"
OVER_THE_PLAN = "admit-all"

# Ed25519 (RFC 8032, section 5.1): the field, the order of the base point, and the curve's constant.
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME
ROOT_OF_MINUS_ONE = pow(2, (PRIME - 1) // 4, PRIME)


def add(one, other):
    """Add two points in extended coordinates (x, y, z, t) with x = x/z, y = y/z, x*y = t/z."""
    a = (one[1] - one[0]) * (other[1] - other[0])
    b = (one[1] + one[0]) * (other[1] + other[0])
    c = 2 * one[3] * other[3] * CURVE
    d = 2 * one[2] * other[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def times(number, point):
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point = add(point, point)
        number >>= 1
    return total


def point_of(encoded):
    """Decode a point; what is no point, or not written in the one way, is an error."""
    number = int.from_bytes(encoded, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if x * x % PRIME != square:
        x = x * ROOT_OF_MINUS_ONE % PRIME
    if y >= PRIME or x * x % PRIME != square or (x == 0 and sign):
        raise ValueError("no point of the curve")
    if x & 1 != sign:
        x = PRIME - x
    return x, y, 1, x * y % PRIME


def encoded(point):
    inverse = pow(point[2], -1, PRIME)
    x, y = point[0] * inverse % PRIME, point[1] * inverse % PRIME
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point_of((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little"))


def is_signed(key, message, signature):
    """Say whether a signature is that of a message by the owner of a public key, all of them bytes."""
    if len(key) != 32 or len(signature) != 64:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= ORDER:
        return False
    try:
        x, y, z, t = point_of(key)
    except ValueError:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    share = int.from_bytes(digest, "little") % ORDER
    minus_key = (PRIME - x, y, z, PRIME - t)
    return encoded(add(times(scalar, BASE), times(share, minus_key))) == signature[:32]


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
        bundle = json.load(file, object_pairs_hook=once)
    if not isinstance(bundle, dict) or bundle.get("format") != FORMAT:
        raise ValueError(f"{path} is no bundle of the format {FORMAT}")
    return bundle


def once(pairs):
    """Refuse a name that stands twice: two readers could take it for different things."""
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return read


def faults_of_signature(bundle, trusted):
    """Yield what is wrong with the signature, by the key that is trusted, or else by the one it names."""
    told = bundle.get("signature")
    if told is None:
        if trusted is not None:
            yield "the bundle is not signed"
        return
    key = bytes.fromhex(told["public_key"])
    if trusted is not None and key != trusted:
        yield f"the bundle is signed by another key: {key.hex()}"
    rest = {name: part for name, part in bundle.items() if name != "signature"}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    value = bytes.fromhex(told["value"])
    if told["algorithm"] != "Ed25519" or not is_signed(key, text.encode(), value):
        yield "the signature is not one of this bundle"


def said_of_signature(bundle, trusted):
    """Say what the signature is worth when nothing is wrong with it."""
    if trusted is not None:
        return "The bundle is signed by the key that you trust."
    if "signature" not in bundle:
        return "The bundle is not signed: who published it is not checked."
    key = bundle["signature"]["public_key"]
    return (
        f"No key was given (--key): the signature fits the key {key} that stands in the bundle itself,"
        " and whose key that is is not checked."
    )


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
    yield from faults_of_summary(bundle)
    ties = tie_rules(bundle)
    may_overfill = any(rule["policy"] == OVER_THE_PLAN for rule in ties)
    for line in bundle["lines"]:
        name = f"{line['programme'] or '-'} ({line['category']})"
        if line["admitted"] > line["places"] and not may_overfill:
            yield f"{name}: {line['admitted']} admitted to {line['places']} places"
        if line["admitted"] < line["places"] and line["cutoff"] is not None:
            yield f"{name}: a cutoff, though places are left"
    for rule in ties:
        if "seed" in rule and commitment_of(rule["seed"]) != rule["commitment"]:
            yield "the seed is not the one that was committed to"


def faults_of_summary(bundle):
    """Yield where the bundle contradicts what it holds itself: hash of the rules, sum of the lines."""
    text = json.dumps(
        bundle["rules"]["text"], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    if hashlib.sha256(text.encode()).hexdigest() != bundle["rules"]["sha256"]:
        yield "the rules are not those of their hash"
    admitted = sum(line["admitted"] for line in bundle["lines"] if line["programme"] is not None)
    total = bundle["counts"]["admitted"] - bundle["counts"].get("before", 0)
    if admitted != total:
        yield f"{admitted} admitted in the lines, {total} in the totals"


def tie_rules(bundle):
    """The rules for ties that were used: those of the batches where they have their own."""
    return list(bundle["ties"].get("batches", {"all": bundle["ties"]}).values())


def commitment_of(seed):
    return hashlib.sha256(b"zhiqiao lottery seed\0" + seed.encode()).hexdigest()


def faults_of_commitment(bundle, committed):
    """Yield when lots were drawn by another seed than the one whose commitment was published before."""
    seeds = [rule["seed"] for rule in tie_rules(bundle) if "seed" in rule]
    if not seeds:
        yield "no lots were drawn, though a commitment was published"
    elif {commitment_of(seed) for seed in seeds} != {committed}:
        yield "the lots were drawn by another seed than the one whose commitment you noted"


def faults_of_leaf(bundle, leaves, leaf, own):
    """Yield what is wrong with one candidate's leaf."""
    content = leaf["content"]
    if leaf_hash(content.encode(), bytes.fromhex(leaf["salt"])) not in set(leaves):
        yield "your leaf is not among the published leaves"
    told = json.loads(content)
    if own and not ranks_higher_first(bundle["rules"]["text"]):
        raise ValueError("not all programmes rank higher scores first; check without --own")
    if own:
        yield from faults_of_result(bundle, told, own)


def ranks_higher_first(rules):
    """Say whether the first key of every class is one in which more is better."""
    own = [rules, *(batch.get("rules", {}) for batch in rules.get("batches", []))]
    keys = [named for each in own for named in each.get("keys", {}).values()]
    return not any(first.startswith("-") for first, *_further in keys)


def faults_of_result(bundle, told, own):
    """The first listed programme whose open cutoff is met must be the result, or a better one is.

    A line that is kept back, because few were admitted, is compared with nothing.
    """
    cutoffs = {
        line["programme"]: line["cutoff"]
        for line in bundle["lines"]
        if line["category"] == "open" and not line.get("hidden")
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


def trusted_key(text):
    key = bytes.fromhex(text)
    if len(key) != 32:
        raise ValueError("64 hexadecimal digits are needed")
    return key


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["bundle", "leaf"])
    parser.add_argument("bundle")
    parser.add_argument("leaves")
    parser.add_argument("leaf", nargs="?")
    parser.add_argument("--own", action="append", default=[], metavar="PROGRAMME=SCORE")
    parser.add_argument("--key", type=trusted_key, metavar="PUBLIC-KEY")
    parser.add_argument("--commitment", metavar="HASH")
    return parser


def main(words):
    parser = arguments()
    given = parser.parse_args(words)
    try:
        bundle, leaves = read_bundle(given.bundle), read_leaves(given.leaves)
        unsigned = list(faults_of_signature(bundle, given.key))
        faults = unsigned + list(faults_of_bundle(bundle, leaves))
        if given.commitment is not None:
            faults += faults_of_commitment(bundle, given.commitment)
        if given.what == "leaf":
            if given.leaf is None:
                parser.error("name the file of your leaf")
            with open(given.leaf, encoding="utf-8") as file:
                faults += faults_of_leaf(bundle, leaves, json.load(file), own_scores(given.own))
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"cannot be checked: {error}")
        return 2
    for fault in faults:
        print(f"WRONG: {fault}")
    if not unsigned:
        print(said_of_signature(bundle, given.key))
    print("This does not prove:")
    for sentence in bundle["not_proven"]:
        print(f"  - {sentence}")
    print("Everything that can be checked holds." if not faults else f"{len(faults)} faults.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

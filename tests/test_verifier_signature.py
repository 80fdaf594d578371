"""The signature of a bundle: made by the platform, checked by the public verifier's own arithmetic."""

import importlib.util
import json
import stat

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from tests.test_verifier import EXAMPLE, ROOT, change_bundle, check, copied, leaf_of, run
from zhiqiao.engines.matching.signing import is_signed, public_key_of, sign_bundle


def verifier_module():
    spec = importlib.util.spec_from_file_location("verifier", ROOT / "verifier/zhiqiao_verify.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFIER = verifier_module()
KEYS = st.binary(min_size=32, max_size=32).map(Ed25519PrivateKey.from_private_bytes)
# RFC 8032, section 7.1, tests 1 to 3.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_vectors_of_the_standard_hold(key, message, signature):
    parts = [bytes.fromhex(each) for each in (key, message, signature)]
    assert VERIFIER.is_signed(*parts)
    assert not VERIFIER.is_signed(parts[0], parts[1] + b"x", parts[2])


@given(key=KEYS, message=st.binary(max_size=200), at=st.integers(0, 511), data=st.data())
def test_both_ways_of_verifying_agree_also_on_what_was_changed(key, message, at, data):
    public, signature = bytes.fromhex(public_key_of(key)), key.sign(message)
    assert VERIFIER.is_signed(public, message, signature)
    flipped = (int.from_bytes(signature, "little") ^ 1 << at).to_bytes(64, "little")
    other = data.draw(st.binary(min_size=32, max_size=32))
    for own, changed in ((public, flipped), (other, signature)):
        assert VERIFIER.is_signed(own, message, changed) == by_library(own, message, changed)


def by_library(public, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def test_second_writing_of_the_same_signature_is_refused():
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    signature = key.sign(b"m")
    scalar = int.from_bytes(signature[32:], "little") + VERIFIER.ORDER
    again = signature[:32] + scalar.to_bytes(32, "little")
    assert not VERIFIER.is_signed(bytes.fromhex(public_key_of(key)), b"m", again)


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "private.pem"
    done = run("key", "--out", path)
    assert done.exit_code == 0, done.output
    return path, done.output.split()[-1]


@pytest.fixture(scope="module")
def signed(tmp_path_factory, key):
    out = tmp_path_factory.mktemp("signed") / "out"
    done = run("solve", EXAMPLE, "--out", out, "--key", key[0])
    assert done.exit_code == 0, done.output
    return out


def test_key_is_readable_by_its_owner_alone_and_never_overwritten(key):
    path, public = key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    assert run("key", "--out", path).exit_code == 1
    assert path.read_bytes() == before
    assert len(bytes.fromhex(public)) == 32


def test_what_is_no_such_key_is_refused_and_nothing_is_written(tmp_path):
    bad = tmp_path / "bad.pem"
    bad.write_text("-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n")
    done = run("solve", EXAMPLE, "--out", tmp_path / "out", "--key", bad)
    assert done.exit_code == 1
    assert "is no unencrypted Ed25519 private key" in done.output
    assert "secret" not in done.output
    assert not (tmp_path / "out").exists()


def test_signed_bundle_holds_by_the_trusted_key(signed, key, tmp_path):
    done = check("bundle", signed, "--key", key[1])
    assert (done.returncode, done.stderr) == (0, "")
    assert "signed by the key that you trust" in done.stdout
    leaf = leaf_of(signed, "1004", tmp_path)
    assert check("leaf", signed, leaf, "--key", key[1]).returncode == 0
    assert run("verify", EXAMPLE, signed).exit_code == 0


def test_layout_of_the_file_does_not_matter(signed, key, tmp_path):
    folder = copied(signed, tmp_path)
    bundle = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    short = json.dumps(dict(reversed(bundle.items())), separators=(",", ":"))
    (folder / "bundle.json").write_text(short, encoding="utf-8")
    assert check("bundle", folder, "--key", key[1]).returncode == 0


def test_without_a_key_it_says_that_nobody_was_trusted(signed, key):
    done = check("bundle", signed)
    assert done.returncode == 0
    assert f"No key was given (--key): the signature fits the key {key[1]}" in done.stdout


def test_another_key_is_found(signed):
    other = public_key_of(Ed25519PrivateKey.from_private_bytes(bytes(32)))
    done = check("bundle", signed, "--key", other)
    assert done.returncode == 1
    assert "WRONG: the bundle is signed by another key" in done.stdout
    assert check("bundle", signed, "--key", "abc").returncode == 2


def test_bundle_signed_again_by_somebody_else_is_found(signed, key, tmp_path):
    folder = copied(signed, tmp_path)
    thief = Ed25519PrivateKey.from_private_bytes(bytes(32))
    change_bundle(folder, lambda bundle: bundle.update(sign_bundle(bundle, thief)))
    assert check("bundle", folder).returncode == 0
    assert check("bundle", folder, "--key", key[1]).returncode == 1


def test_absent_signature_is_found_by_who_expects_one(signed, key, tmp_path):
    folder = copied(signed, tmp_path)
    change_bundle(folder, lambda bundle: bundle.pop("signature"))
    done = check("bundle", folder, "--key", key[1])
    assert done.returncode == 1
    assert "WRONG: the bundle is not signed" in done.stdout
    done = check("bundle", folder)
    assert done.returncode == 0
    assert "The bundle is not signed: who published it is not checked." in done.stdout


CHANGES = {
    "another figure": lambda b: b["counts"].update(choices=14),
    "another word": lambda b: b["order"].append("more"),
    "a member more": lambda b: b.update(more=1),
    "another signature": lambda b: b["signature"].update(value="00" * 64),
    "another algorithm": lambda b: b["signature"].update(algorithm="none"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("with_key", [True, False])
def test_tampered_bundle_is_found(signed, key, tmp_path, change, with_key):
    folder = copied(signed, tmp_path)
    change_bundle(folder, change)
    done = check("bundle", folder, *(["--key", key[1]] if with_key else []))
    assert done.returncode == 1
    assert "WRONG: the signature is not one of this bundle" in done.stdout
    assert not is_signed(json.loads((folder / "bundle.json").read_text(encoding="utf-8")))


def test_name_that_stands_twice_is_refused(signed, tmp_path):
    folder = copied(signed, tmp_path)
    text = (folder / "bundle.json").read_text(encoding="utf-8")
    (folder / "bundle.json").write_text(text.replace("{", '{"counts": {},', 1), encoding="utf-8")
    done = check("bundle", folder)
    assert done.returncode == 2
    assert "a name stands twice" in done.stdout


def test_verify_finds_a_signature_that_does_not_fit(signed, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    for path in signed.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    change_bundle(folder, lambda bundle: bundle["signature"].update(value="00" * 64))
    done = run("verify", EXAMPLE, folder)
    assert done.exit_code == 1
    assert "P12 (files and bundle): bundle: the signature is not one of this bundle." in done.output

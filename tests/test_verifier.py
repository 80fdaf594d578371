"""The public verifier, run as anybody would: one file, the standard library, another process."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from zhiqiao.config.cli import main

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "docs" / "examples" / "allocation"


def run(*arguments):
    return CliRunner().invoke(main, ["allocate", *map(str, arguments)])


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    out = tmp_path_factory.mktemp("verifier") / "out"
    done = run("solve", EXAMPLE, "--out", out)
    assert done.exit_code == 0, done.output
    return out


def check(what, folder, *more):
    files = [str(folder / "bundle.json"), str(folder / "leaves.txt")]
    return subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "verifier" / "zhiqiao_verify.py"), what, *files, *map(str, more)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def leaf_of(result, candidate, folder):
    row = pl.read_csv(result / "salts.csv", infer_schema=False).filter(
        pl.col("candidate") == candidate
    )
    path = folder / "leaf.json"
    path.write_text(
        json.dumps({"salt": row["salt"][0], "content": row["content"][0]}), encoding="utf-8"
    )
    return path


def copied(result, folder):
    for name in ("bundle.json", "leaves.txt"):
        (folder / name).write_bytes((result / name).read_bytes())
    return folder


def test_bundle_holds_and_says_what_it_does_not_prove(result):
    done = check("bundle", result)
    assert (done.returncode, done.stderr) == (0, "")
    assert "That the scores are right" in done.stdout
    assert done.stdout.endswith("Everything that can be checked holds.\n")


def test_candidate_finds_the_own_leaf_and_cutoff(result, tmp_path):
    leaf = leaf_of(result, "1004", tmp_path)
    assert check("leaf", result, leaf, "--own", "Z02-护理=650").returncode == 0
    wrong = check("leaf", result, leaf, "--own", "Z02-护理=690")
    assert wrong.returncode == 1
    assert "above the cutoff 685" in wrong.stdout


def test_own_scores_are_not_compared_where_lower_is_better(result, tmp_path):
    folder = copied(result, tmp_path)
    change_bundle(folder, rank_by_time)
    leaf = leaf_of(result, "1004", tmp_path)
    assert check("leaf", folder, leaf).returncode == 0
    done = check("leaf", folder, leaf, "--own", "Z02-护理=690")
    assert done.returncode == 2
    assert "not all programmes rank higher scores first" in done.stdout


def test_leaf_that_tells_another_result_is_found(result, tmp_path):
    leaf = leaf_of(result, "1007", tmp_path)
    told = json.loads(leaf.read_text(encoding="utf-8"))
    told["content"] = told["content"].replace('"programme":null', '"programme":"Z03-会计"')
    leaf.write_text(json.dumps(told), encoding="utf-8")
    done = check("leaf", result, leaf)
    assert done.returncode == 1
    assert "not among the published leaves" in done.stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda bundle: bundle["rules"].update(sha256="0" * 64), "the rules are not those of their hash"),
        (lambda bundle: bundle["rules"]["text"].update(mechanism="groups"), "not those of their hash"),
        (lambda bundle: bundle["counts"].update(admitted=5), "6 admitted in the lines, 5 in the totals"),
    ],
)  # fmt: skip
def test_what_the_bundle_says_of_itself_is_recomputed(result, tmp_path, change, said):
    folder = copied(result, tmp_path)
    change_bundle(folder, change)
    done = check("bundle", folder)
    assert done.returncode == 1
    assert said in done.stdout


def rank_by_time(bundle):
    text = bundle["rules"]["text"]
    text["keys"].update(default=["-time"])
    written = json.dumps(text, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    bundle["rules"]["sha256"] = hashlib.sha256(written.encode()).hexdigest()


def change_bundle(folder, change):
    path = folder / "bundle.json"
    bundle = json.loads(path.read_text(encoding="utf-8"))
    change(bundle)
    path.write_text(json.dumps(bundle), encoding="utf-8")


TAMPERED = {
    "more admitted than places": (
        lambda b: b["lines"][0].update(admitted=9),
        "9 admitted to 2 places",
    ),
    "a cutoff with places left": (
        lambda b: b["lines"][0].update(cutoff="1"),
        "though places are left",
    ),
    "another root": (
        lambda b: b["leaves"].update(root="00" * 32),
        "the root is not that of these leaves",
    ),
    "another seed": (
        lambda b: b["ties"].update(seed="chosen afterwards"),
        "not the one that was committed",
    ),
    "a candidate more": (lambda b: b["counts"].update(candidates=8), "7 leaves for 8 candidates"),
}


@pytest.mark.parametrize(("change", "said"), TAMPERED.values(), ids=TAMPERED)
def test_tampered_bundle_is_found(result, tmp_path, change, said):
    folder = copied(result, tmp_path)
    change_bundle(folder, change)
    done = check("bundle", folder)
    assert done.returncode == 1
    assert said in done.stdout


def test_removed_leaf_is_found(result, tmp_path):
    folder = copied(result, tmp_path)
    leaves = (folder / "leaves.txt").read_text().splitlines()
    (folder / "leaves.txt").write_text("\n".join(leaves[1:]))
    assert check("bundle", folder).returncode == 1


@pytest.mark.parametrize("content", ["{}", "no json", '{"format": "another"}'])
def test_what_is_no_bundle_is_said(result, tmp_path, content):
    folder = copied(result, tmp_path)
    (folder / "bundle.json").write_text(content)
    done = check("bundle", folder)
    assert (done.returncode, done.stderr) == (2, "")
    assert "cannot be checked" in done.stdout

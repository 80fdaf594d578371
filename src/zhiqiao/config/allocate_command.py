"""`zhiqiao allocate`: admission by published rules on plain files, without a database."""

import json
import secrets
from importlib.metadata import version
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhiqiao.config.allocation.checking import check_files
from zhiqiao.config.allocation.closing import minimum_of, moves_of, steps_in_words
from zhiqiao.config.allocation.comparing import difference
from zhiqiao.config.allocation.correcting import corrected_in_words, results_of, write_correction
from zhiqiao.config.allocation.explaining import explained
from zhiqiao.config.allocation.files import needed_table, read_folder, written_whole
from zhiqiao.config.allocation.keys import read_key, write_new_key
from zhiqiao.config.allocation.streaming import refuse_full_disk, write_leaves, write_reasons
from zhiqiao.config.commands import FOLDER, NEW_FOLDER, counted, end_with, fail
from zhiqiao.engines.matching import (
    Allocation,
    Applications,
    MatchingError,
    TableError,
    Violation,
    bundle_of,
    categories_table,
    check_written,
    cutoffs_table,
    processing_order,
    reasons_table,
    results_table,
)
from zhiqiao.engines.matching import allocate as allocate_tables
from zhiqiao.engines.matching.closing import close_small
from zhiqiao.engines.matching.correcting import Policy
from zhiqiao.engines.matching.correcting import correct as correct_tables
from zhiqiao.engines.matching.signing import public_key_of, sign_bundle

NAMED = {
    "P1": "one admission each, by a listed choice that competes",
    "P2": "no more admissions than places",
    "P3": "no justified envy",
    "P4": "no place wasted",
    "P5": "caps",
    "P6": "ties by the policy",
    "P7": "best for the candidates",
    "P8": "best for the programmes, where they propose",
    "P9": "filing as in the rules",
    "P10": "reserved places",
    "P11": "reasons",
    "P12": "files and bundle",
}
OPTIMA = {
    False: "The best allocation for the candidates and the best for the programmes are the same.",
    True: "The best allocation for the candidates and the best for the programmes differ for"
    " {candidates}; this is the one that the mechanism names.",
}
SECRET_BYTES = 32


@click.group()
def allocate() -> None:
    """Allocate places by rules, verify and explain the result."""


@allocate.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--out", required=True, type=NEW_FOLDER, help="New folder.")
@click.option(
    "--secret",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File whose bytes salt the leaves; by default a new secret is drawn.",
)
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Private key (PEM) that signs the bundle; see `zhiqiao allocate key`.",
)
@click.option(
    "--parquet",
    is_flag=True,
    help="Write the reasons as Parquet, range by range: for runs whose reasons memory does not hold.",
)
def solve(folder: Path, out: Path, secret: Path | None, key: Path | None, *, parquet: bool) -> None:
    """Allocate what DIR asks for: results, reasons, cutoffs and the audit bundle."""
    try:
        signer = read_key(key) if key else None
        allocation = _allocated(folder)
        with written_whole(out) as draft:
            _write_tables(allocation, draft, is_parquet=parquet)
            salting = secret.read_bytes() if secret else b""
            salting = salting or secrets.token_bytes(SECRET_BYTES)
            optima = _write_bundle(allocation, draft, salting, signer)
    except (TableError, MatchingError, OSError) as error:
        fail(error)
    for sentence in processing_order(allocation.rules):
        click.echo(sentence)
    for solved, number in zip(allocation.solved, optima, strict=True):
        if number is not None:
            named = f"{solved.stage.name}: " if solved.stage.name else ""
            click.echo(
                f"{named}{OPTIMA[number > 0].format(candidates=counted(number, 'candidate'))}"
            )
    admitted = int((allocation.programme >= 0).sum())
    candidates = counted(allocation.programme.size, "candidate")
    verb = "is" if admitted == 1 else "are"
    click.echo(f"{admitted} of {candidates} {verb} admitted; see {out}.")


def _allocated(folder: Path) -> Allocation:
    tables, rules = read_folder(folder)
    return allocate_tables(tables, rules)


def _write_tables(allocation: Allocation, draft: Path, *, is_parquet: bool) -> None:
    results_table(allocation).write_csv(draft / "results.csv")
    cutoffs_table(allocation).write_csv(draft / "cutoffs.csv")
    categories_table(allocation).write_csv(draft / "categories.csv")
    if is_parquet:
        refuse_full_disk(allocation, draft)
        write_reasons(allocation, draft / "reasons.parquet")
    else:
        reasons_table(allocation).write_csv(draft / "reasons.csv")


def _write_bundle(
    allocation: Allocation, draft: Path, secret: bytes, signer: Ed25519PrivateKey | None
) -> list[int | None]:
    """Write the bundle and its leaves; return how the optima of each stage differ."""
    leaves = write_leaves(allocation, draft / "salts.csv", secret)
    hashes = "".join(f"{leaf}\n" for leaf in sorted(leaves["leaf"]))
    (draft / "leaves.txt").write_text(hashes, encoding="ascii")
    bundle = bundle_of(allocation, leaves, engine=f"zhiqiao {version('zhiqiao')}")
    if signer is not None:
        bundle = sign_bundle(bundle, signer)
    text = json.dumps(bundle, ensure_ascii=False, indent=1)
    (draft / "bundle.json").write_text(text + "\n", encoding="utf-8")
    optima: list[int | None] = bundle["optima"]
    return optima


@allocate.command("key")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="New file for the private key, readable by you alone.",
)
def make_key(out: Path) -> None:
    """Make the key that signs bundles, and say its public half."""
    try:
        key = write_new_key(out)
    except OSError as error:
        fail(error)
    click.echo(f"Public key, to be published apart from the bundles: {public_key_of(key)}")


@allocate.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("out", metavar="OUT", type=FOLDER)
def verify(folder: Path, out: Path) -> None:
    """Verify the results in OUT against DIR.

    The properties of the result are checked by code that shares nothing with the solver; then DIR is
    allocated again, and every figure of the files and every part of the bundle is compared.
    """
    try:
        tables, rules = read_folder(folder)
        results, categories, reasons = (
            needed_table(out, name) for name in ("results", "categories", "reasons")
        )
        found = check_written(tables, rules, results, categories=categories, reasons=reasons)
        wrong = [sentence_of(*each) for each in found]
        wrong += check_files(allocate_tables(tables, rules), out, reasons)
    except (TableError, MatchingError, OSError) as error:
        fail(error)
    end_with(wrong)
    click.echo("Every property holds: " + ", ".join(NAMED) + ".")


def sentence_of(violation: Violation, applications: Applications) -> str:
    """Say a violation with the names of the tables."""
    who = [applications.candidate_names[each] for each in violation.candidates]
    where = [applications.programme_names[each] for each in violation.programmes if each >= 0]
    named = f"candidates {', '.join(who)}" if who else ""
    named += f" at {', '.join(where)}" if where else ""
    return f"{violation.name} ({NAMED[violation.name]}): {named or '-'}: {violation.sentence}."


@allocate.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("out", metavar="OUT", type=FOLDER)
@click.option("--candidate", required=True, help="Number of the candidate.")
def explain(folder: Path, out: Path, candidate: str) -> None:
    """Explain each listed choice of a candidate, and what would have been enough."""
    try:
        allocation = _allocated(folder)
        written = needed_table(out, "results")
        lines = list(explained(allocation, written, candidate))
    except (TableError, MatchingError, OSError) as error:
        fail(error)
    for line in lines:
        click.echo(line)


@allocate.command("difference")
@click.argument("before", metavar="BEFORE", type=FOLDER)
@click.argument("after", metavar="AFTER", type=FOLDER)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="New file for the moves, as CSV."
)
def tell_difference(before: Path, after: Path, out: Path | None) -> None:
    """Say who moved between two result folders, and because of whom."""
    try:
        if out is not None and out.exists():
            raise FileExistsError(f"{out} exists already; name a new file.")
        tables = [needed_table(folder, "results") for folder in (before, after)]
        moves, said = difference(*tables)
        if out is not None:
            moves.write_csv(out)
    except (TableError, OSError) as error:
        fail(error)
    for sentence in said:
        click.echo(sentence)


@allocate.command()
@click.argument("before", metavar="BEFORE_OUT", type=FOLDER)
@click.argument("folder", metavar="CORRECTED_DIR", type=FOLDER)
@click.option(
    "--policy",
    required=True,
    type=click.Choice([policy.value for policy in Policy]),
    help="Who may lose by the correction.",
)
@click.option("--out", required=True, type=NEW_FOLDER, help="New folder.")
def correct(before: Path, folder: Path, policy: str, out: Path) -> None:
    """Say what becomes of the result in BEFORE_OUT by the tables of CORRECTED_DIR.

    Nothing published is changed by it.
    """
    try:
        published = needed_table(before, "results")
        tables, rules = read_folder(folder)
        correction = correct_tables(published, tables, rules, policy=Policy(policy))
        moves, said = difference(published, results_of(correction))
        with written_whole(out) as draft:
            write_correction(correction, moves, draft)
    except (TableError, MatchingError, OSError) as error:
        fail(error)
    for sentence in (*said, *corrected_in_words(correction)):
        click.echo(sentence)


@allocate.command("closures")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option(
    "--minimum",
    type=click.IntRange(1),
    help="Smallest class; a column `minimum` of the programmes goes before.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="New file for the moves, as CSV."
)
def try_closures(folder: Path, minimum: int | None, out: Path | None) -> None:
    """Say which classes would close for being too small, and where their candidates would go.

    Nothing is decided by it: write what is decided into the table of closures and solve again.
    """
    try:
        if out is not None and out.exists():
            raise FileExistsError(f"{out} exists already; name a new file.")
        tables, rules = read_folder(folder)
        steps, last = close_small(tables, rules, minimum_of(tables.programmes, minimum))
        if out is not None:
            moves_of(steps, last.applications).write_csv(out)
    except (TableError, MatchingError, OSError) as error:
        fail(error)
    for sentence in steps_in_words(steps, last):
        click.echo(sentence)

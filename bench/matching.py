"""How fast places are allocated: against a C++ yardstick on the same arrays, and against rivals.

    just bench matching [--national] [--rival] [--files]

The yardstick (bench/yardsticks/allocate.cpp, -O2, one thread) and the engine take turns on the same file;
medians of five. ``--national``: 13 million candidates x 48 choices x 30,000 programmes (about 11 GB).
``--files``: the city from CSV and from Parquet, loaded and solved against verified. ``--rival``: the packages
`fairpyx` on 10,000 x 300, everything listed, and `matching` on 20,000 x 500 x 20 (minutes), from an environment of their own.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from zhiqiao.engines.matching import (
    Mechanism,
    Problem,
    Standing,
    Ties,
    explain_all,
    explain_range,
    settle,
    solve,
    verify,
)

FOLDER = Path(__file__).parent
SIZES = {
    "town": (20_000, 500, 20),
    "city": (200_000, 2_000, 30),
    "province": (1_000_000, 10_000, 48),
}
NATION = (13_000_000, 30_000, 48)
OPEN_LISTS = (10_000, 300, 300)
ROUNDS = 5


def instance(candidates, programmes, listed, *, is_common, seed=1):
    """Popular programmes are listed more often; 0.9 places for each candidate."""
    random = np.random.default_rng(seed)
    weights = np.arange(1, programmes + 1) ** -0.7
    seats = random.multinomial(int(0.9 * candidates), weights / weights.sum()).astype(np.int64)
    bounds = np.cumsum(weights / weights.sum()).astype(np.float32)
    programme = np.empty((candidates, listed), np.int32)
    for start in range(0, candidates, 200_000):
        stop = min(start + 200_000, candidates)
        drawn = np.searchsorted(bounds, random.random((stop - start, listed), np.float32))
        programme[start:stop] = distinct(np.minimum(drawn, programmes - 1), programmes)
    ability = random.standard_normal(candidates, np.float32)
    if is_common:
        places = np.argsort(np.argsort(-ability)).astype(np.int32)
    else:
        places = np.empty((candidates, listed), np.int32)
        for start in range(0, candidates, 200_000):
            part = ability[start : start + 200_000, None]
            noise = random.standard_normal((part.size, listed), np.float32)
            places[start : start + 200_000] = ((6 - 0.7 * part - 0.7 * noise) * 1e7).astype(
                np.int32
            )
    return Problem(
        mechanism=Mechanism.SERIAL if is_common else Mechanism.CANDIDATES,
        ties=Ties.LOTTERY,
        seats=seats,
        first=np.arange(0, candidates * listed + 1, listed, dtype=np.int64),
        programme=programme.reshape(-1),
        standing=Standing(places.reshape(-1), np.arange(candidates, dtype=np.int32), not is_common),
        bars=np.zeros(0, np.uint8),
    )


def distinct(drawn, programmes):
    """Move a programme that one lists twice on to the next number that is free for that list."""
    drawn = np.sort(drawn, axis=1)
    drawn[:, 0] = np.minimum(drawn[:, 0], programmes - drawn.shape[1])
    for column in range(1, drawn.shape[1]):
        drawn[:, column] = np.maximum(drawn[:, column], drawn[:, column - 1] + 1)
        drawn[:, column] = np.minimum(drawn[:, column], programmes - drawn.shape[1] + column)
    random = np.random.default_rng(drawn.shape[0])
    return random.permuted(drawn, axis=1).astype(np.int32)


def compare(name, problem, program, folder):
    file = folder / "instance"
    write(problem, file)
    word = "serial" if problem.mechanism is Mechanism.SERIAL else "deferred"
    solve(problem)
    theirs, ours = [], []
    for _ in range(ROUNDS):
        seconds, digest = subprocess.run(
            [program, word, file], capture_output=True, text=True, check=True
        ).stdout.split()
        theirs.append(float(seconds))
        start = time.perf_counter()
        outcome = solve(problem)
        ours.append(time.perf_counter() - start)
    need(digest_of(outcome.choice) == int(digest), "the engine and the yardstick differ")
    mine, yardstick = statistics.median(ours), statistics.median(theirs)
    print(
        f"{name:22} {word:9} {mine:9.3f} s  {yardstick:9.3f} s  {mine / yardstick:5.2f}", flush=True
    )
    file.unlink()
    return outcome, mine


def need(holds, message):
    if not holds:
        sys.exit(message)


def digest_of(choice):
    digest = np.uint64(1469598103934665603)
    with np.errstate(over="ignore"):
        return int(fold(choice.astype(np.int64), digest))


def fold(choice, digest):
    from numba import njit  # noqa: PLC0415 - compiled only for the comparison

    @njit
    def loop(choice, digest):
        for one in choice:
            digest = (digest ^ np.uint64(one + 1)) * np.uint64(1099511628211)
        return digest

    return loop(choice, digest)


def write(problem, file):
    sizes = [problem.candidates, problem.programmes, problem.choices, problem.standing.places.size]
    with file.open("wb") as target:
        for array in (np.array(sizes, np.int64), problem.seats, problem.first, problem.programme,
                      problem.standing.places):  # fmt: skip
            array.tofile(target)


def checked(problem, outcome, seconds):
    """Reasons and verification of the same run, against its solving."""
    start = time.perf_counter()
    reasons = explain_all(problem, outcome)
    explained = time.perf_counter() - start
    start = time.perf_counter()
    violations = verify(problem, outcome)
    verified = time.perf_counter() - start
    need(not violations, f"violated: {violations}")
    print(
        f"{'':22} reasons of {reasons.code.size:,} choices {explained:.3f} s, verified in {verified:.3f} s"
        f" ({verified / seconds:.1f} x solving)",
        flush=True,
    )


def reasons_in_parts(problem, outcome, step=1_000_000):
    start = time.perf_counter()
    settled = settle(problem, outcome)
    for begin in range(0, problem.candidates, step):
        stop = min(begin + step, problem.candidates)
        explain_range(problem, outcome, settled, start=begin, stop=stop)
    return time.perf_counter() - start


def from_files():
    """Load and solve the city from tables, and verify what came out: on the same tables, and read again."""
    problem = instance(*SIZES["city"], is_common=False)
    with tempfile.TemporaryDirectory(prefix="zhiqiao-tables-") as name:
        for ending in ("csv", "parquet"):
            folder = Path(name) / ending
            folder.mkdir()
            write_tables(problem, folder, ending)
            rounds = [timed_files(folder) for _ in range(3)]
            loaded, solved, verified, again = (
                statistics.median(each) for each in zip(*rounds, strict=True)
            )
            print(f"city from {ending}: read and checked {loaded:.2f} s, solved {solved:.2f} s, verified {verified:.2f} s"
                  f" ({verified / (loaded + solved):.2f} x both, goal 0.5); with the tables read again and every reason"
                  f" told again {again:.2f} s", flush=True)  # fmt: skip


def write_tables(problem, folder, ending):
    import polars as pl  # noqa: PLC0415 - only for tables

    listed = problem.choices // problem.candidates
    names = pl.Series([f"c{number:07}" for number in range(problem.candidates)])
    owner = np.repeat(np.arange(problem.candidates), listed)
    tables = {
        "candidates": pl.DataFrame({"candidate": names}),
        "programmes": pl.DataFrame({"programme": [f"p{number:05}" for number in range(problem.programmes)],
                                    "seats": problem.seats}),
        "choices": pl.DataFrame({"candidate": names[owner], "rank": np.tile(np.arange(1, listed + 1), problem.candidates),
                                 "programme": pl.Series([f"p{number:05}" for number in range(problem.programmes)])[problem.programme],
                                 "score": (100_000_000 - problem.standing.places).astype(str)}),
    }  # fmt: skip
    for name, table in tables.items():
        getattr(table, f"write_{ending}")(folder / f"{name}.{ending}")
    rules = "mechanism: candidate-proposing\nkeys: {default: [choice.score]}\nties: {policy: lottery, seed: bench}\n"
    (folder / "rules.yaml").write_text(rules)


def timed_files(folder):
    from zhiqiao.config.allocation.files import read_folder  # noqa: PLC0415 - only for tables
    from zhiqiao.engines.matching import (  # noqa: PLC0415
        allocate,
        categories_table,
        check_written,
        reasons_table,
        results_table,
    )

    start = time.perf_counter()
    allocation = allocate(*read_folder(folder))
    whole = time.perf_counter() - start
    problem = allocation.solved[0].assembled.problem
    start = time.perf_counter()
    outcome = solve(problem)
    solved = time.perf_counter() - start
    start = time.perf_counter()
    need(not list(verify(problem, outcome)), "a property is violated")
    verified = time.perf_counter() - start
    results, reasons, categories = (
        make(allocation) for make in (results_table, reasons_table, categories_table)
    )
    start = time.perf_counter()
    found = check_written(*read_folder(folder), results, categories=categories, reasons=reasons)
    need(not list(found), "what was written is refused")
    return whole - solved, solved, verified, time.perf_counter() - start


def rival():
    """Time the packages of PyPI in an environment of their own, building included."""
    environment = FOLDER / ".venv-matching"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    subprocess.run(
        [environment / "bin/pip", "install", "-q", "-r", FOLDER / "requirements-matching.txt"],
        check=True,
    )
    against(environment, "fairpyx", instance(*OPEN_LISTS, is_common=True))
    against(environment, "matching", instance(*SIZES["town"], is_common=False))


def against(environment, name, problem):
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "instance.npz", seats=problem.seats, first=problem.first,
                 programme=problem.programme, places=problem.standing.places)  # fmt: skip
        out = subprocess.run(
            [environment / "bin/python", "-P", FOLDER / "matching_rival.py", name, folder],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        seconds = float(out.split()[0])
        theirs = np.load(Path(folder) / "result.npy")
    explain_all(problem, solve(problem))
    start = time.perf_counter()
    outcome = solve(problem)
    solved = time.perf_counter() - start
    explain_all(problem, outcome)
    ours = time.perf_counter() - start
    need(np.array_equal(outcome.programme, theirs), f"the engine and {name} differ")
    print(f"{name} (PyPI), {problem.candidates:,} x {problem.programmes:,}, {problem.choices:,} choices, building included:"
          f" {seconds:.2f} s; ours {solved * 1e3:.2f} ms ({seconds / solved:,.0f} x), with all reasons {ours * 1e3:.2f} ms"
          f" ({seconds / ours:,.0f} x)", flush=True)  # fmt: skip


def main(words):
    with tempfile.TemporaryDirectory(prefix="zhiqiao-matching-") as name:
        folder = Path(name)
        program = folder / "allocate"
        source = FOLDER / "yardsticks" / "allocate.cpp"
        subprocess.run(["g++", "-O2", "-std=c++17", "-o", program, source], check=True)
        print(f"{'size':22} {'mechanism':9} {'engine':>11}  {'yardstick':>11}  ratio")
        sizes = {"nation": NATION} if "--national" in words else SIZES
        for size, (candidates, programmes, listed) in sizes.items():
            for is_common in (True, False):
                problem = instance(candidates, programmes, listed, is_common=is_common)
                outcome, seconds = compare(size, problem, program, folder)
                if size == "nation":
                    print(
                        f"{'':22} all reasons in parts {reasons_in_parts(problem, outcome):.1f} s"
                    )
                elif not is_common:
                    checked(problem, outcome, seconds)
                del problem, outcome
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"largest memory of this process: {most:.1f} GiB (instance and its making included)")
    if "--files" in words:
        from_files()
    if "--rival" in words:
        rival()


if __name__ == "__main__":
    main(sys.argv[1:])

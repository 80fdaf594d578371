"""CPU time to load a pack against a bare safe parse of the same bytes, cold and from the cache.

Run by `just bench packs`. Two packs: the Chongqing plan, and one of 5,000 recognition kinds. The
figure is the least CPU time of the rounds. The goals: cold at most twice the bare parse, the cache at
least 20 times faster than cold.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from zhiqiao.packs import draft, load, loader

ROUNDS = 5
ROOT = Path(__file__).parents[1]
KIND = """\
kind-{number}:
  title:
    zh: 第{number}类
    en: Kind {number}
  article: A01
  mechanism: "00"
  levels: [national, municipal]
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as directory:
        measured = [
            measure("the Chongqing plan", ROOT / "packs" / "cq-2023-22"),
            measure("5,000 kinds", large_pack(Path(directory))),
        ]
    return 0 if all(measured) else 1


def measure(title: str, directory: Path) -> bool:
    files = [path.read_text(encoding="utf-8") for path in sorted(directory.rglob("*.yaml"))]
    load(directory)
    bare = least(lambda: [yaml.load(text, Loader=yaml.CSafeLoader) for text in files])
    pure = least(lambda: [yaml.safe_load(text) for text in files])
    cold = least(lambda: forget_and_load(directory))
    load(directory)
    cached = least(lambda: load(directory))
    met = cold <= 2 * bare and cached * 20 <= cold
    print(
        f"{title}: bare parse {bare * 1e3:.1f} ms (libyaml), {pure * 1e3:.1f} ms (Python); "
        f"cold {cold * 1e3:.1f} ms = {cold / bare:.2f} and {cold / pure:.2f} times; "
        f"cached {cached * 1e3:.2f} ms, {cold / cached:.0f} times faster "
        f"{'ok' if met else 'not ok'}"
    )
    return met


def forget_and_load(directory: Path) -> None:
    draft._DRAFTS.clear()  # noqa: SLF001  # a benchmark starts cold
    loader._PACKS.clear()  # noqa: SLF001  # a benchmark starts cold
    load(directory)


def least(action: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        action()
        times.append(time.process_time() - began)
    return min(times)


def large_pack(directory: Path) -> Path:
    pack = directory / "large"
    pack.mkdir()
    for name in ("pack", "articles", "mechanisms"):
        text = (ROOT / "packs" / "cq-2023-22" / f"{name}.yaml").read_text(encoding="utf-8")
        text = text.replace("id: cq-2023-22", "id: large").replace("extends:", "extends: [] #")
        (pack / f"{name}.yaml").write_text(text, encoding="utf-8")
    kinds = "".join(KIND.format(number=number) for number in range(5000))
    (pack / "kinds.yaml").write_text(kinds, encoding="utf-8")
    return pack


if __name__ == "__main__":
    sys.exit(main())

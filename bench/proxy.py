"""A public page behind nginx: kept for five seconds, against a static file and against no cache.

Run by `just bench proxy`; needs nginx and wrk. The configuration is the shipped one, on a local port
and without TLS. Rounds are interleaved and medians compared. The stampede is counted by the web
server itself: how many times it drew the page while everybody asked for it.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from data_folder import prepared_folder
from nginx import free_port, running_nginx

ROUNDS, SECONDS, CONNECTIONS = 5, 4, 32
STAMPEDE_SECONDS = 21
PAGE = "/board/"
KEY = "only-for-this-run-of-the-benchmark"
GOAL = 0.8


def main() -> int:
    with prepared_folder() as home, tempfile.TemporaryDirectory(prefix="zhiqiao-nginx-") as name:
        folder, port = Path(name), free_port()
        os.environ |= {"ZHIQIAO_METRICS_KEY": KEY, "ZHIQIAO_TRUSTED_PROXIES": "1"}
        with web_server(port), running_nginx(folder, upstream=port, static=home / "static") as site:
            return measure(site, f"http://127.0.0.1:{port}", home / "static")


def measure(site: str, direct: str, static: Path) -> int:
    body = urlopen(f"{site}{PAGE}").read()  # noqa: S310  # our own server
    (static / "same.html").write_bytes(body)
    addresses = {
        "static": f"{site}/static/same.html",
        "cached": f"{site}{PAGE}",
        "uncached": f"{direct}{PAGE}",
    }
    found: dict[str, list[float]] = {name: [] for name in addresses}
    for _ in range(ROUNDS):
        for name, address in addresses.items():
            found[name].append(requests_a_second(address))
    rates = {name: statistics.median(each) for name, each in found.items()}
    ratio = rates["cached"] / rates["static"]
    print(f"page of {len(body):,} bytes, {CONNECTIONS} connections, median of {ROUNDS} rounds")
    for name, rate in rates.items():
        print(f"  {name}: {rate:,.0f} a second")
    print(
        f"cached {ratio:.2f} x static (goal {GOAL}), {rates['cached'] / rates['uncached']:.0f} x uncached"
    )
    drawn, allowed = stampede(site, direct)
    print(f"stampede of {STAMPEDE_SECONDS} s: drawn {drawn} times (goal {allowed} at most)")
    return 0 if ratio >= GOAL and drawn <= allowed else 1


def requests_a_second(address: str, seconds: int = SECONDS) -> float:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", address]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(f"{address} answered with errors:\n{said}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


def stampede(site: str, direct: str) -> tuple[int, int]:
    """Count how often one page is drawn while everybody asks for it from a cold start."""
    address = f"{PAGE}?stampede={time.time_ns()}"
    before = times_drawn(direct)
    requests_a_second(f"{site}{address}", STAMPEDE_SECONDS)
    return times_drawn(direct) - before, STAMPEDE_SECONDS // 5 + 1


def times_drawn(direct: str) -> int:
    asked = Request(f"{direct}/metrics", headers={"Authorization": f"Bearer {KEY}"})  # noqa: S310  # our own server
    text = urlopen(asked).read().decode()  # noqa: S310  # our own server
    pattern = r'zhiqiao_http_requests_total\{[^}]*route="plan:board"[^}]*\} ([0-9.e+]+)'
    return int(sum(float(each) for each in re.findall(pattern, text)))


@contextmanager
def web_server(port: int) -> Iterator[None]:
    from zhiqiao.config import processes  # noqa: PLC0415  # needs the prepared folder

    given = {**os.environ, **processes.lesser_role(), **processes.counting_together(port)}
    command = processes.web_command(port, processes=2)
    server = subprocess.Popen(command, env=given, stderr=subprocess.DEVNULL)
    try:
        await_ready(port)
        yield
    finally:
        server.terminate()
        server.wait(timeout=40)


def await_ready(port: int) -> None:
    for _ in range(100):
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz") as answer:  # our own server
                if json.load(answer)["database"] == "ok":
                    return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The web server does not answer.")


if __name__ == "__main__":
    sys.exit(main())

"""A package from PyPI on one instance: prints its seconds, leaves its assignment beside the instance.

    python matching_rival.py matching|fairpyx FOLDER

``matching``: deferred acceptance of candidates. ``fairpyx``: the serial dictatorship, in the order of the
common places.
"""

import sys
import threading
import time
from pathlib import Path

import numpy as np


def main(name, folder):
    given = np.load(Path(folder) / "instance.npz")
    start = time.perf_counter()
    taken = {"matching": by_matching, "fairpyx": by_fairpyx}[name](given)
    print(time.perf_counter() - start)
    np.save(Path(folder) / "result.npy", taken)


def by_matching(given):
    from matching.games import HospitalResident  # noqa: PLC0415 - one rival at a time

    seats, first = given["seats"], given["first"]
    programme, places = given["programme"], given["places"]
    listed = {
        c: [f"p{p}" for p in programme[first[c] : first[c + 1]] if seats[p]]
        for c in range(first.size - 1)
    }
    ranked = {f"p{p}": [] for p in range(seats.size) if seats[p]}
    for c in range(first.size - 1):
        for e in range(first[c], first[c + 1]):
            if seats[programme[e]]:
                ranked[f"p{programme[e]}"].append((places[e], c))
    ranked = {p: [c for _place, c in sorted(own)] for p, own in ranked.items() if own}
    listed = {c: [p for p in own if p in ranked] for c, own in listed.items()}
    listed = {c: own for c, own in listed.items() if own}
    capacities = {p: int(seats[int(p[1:])]) for p in ranked}
    game = HospitalResident.create_from_dictionaries(listed, ranked, capacities)
    result = game.solve(optimal="resident")
    taken = np.full(first.size - 1, -1, np.int32)
    for hospital, residents in result.items():
        for resident in residents:
            taken[int(resident.name)] = int(str(hospital.name)[1:])
    return taken


def by_fairpyx(given):
    from fairpyx import Instance  # noqa: PLC0415 - one rival at a time
    from fairpyx.adaptors import divide  # noqa: PLC0415
    from fairpyx.algorithms.picking_sequence import serial_dictatorship  # noqa: PLC0415

    first, programme = given["first"], given["programme"]
    many = first.size - 1
    values = {
        f"c{c}": {
            f"p{p}": int(first[c + 1] - first[c]) - place
            for place, p in enumerate(programme[first[c] : first[c + 1]])
        }
        for c in range(many)
    }
    seats = {f"p{p}": int(number) for p, number in enumerate(given["seats"])}
    order = [f"c{c}" for c in np.argsort(given["places"])]
    instance = Instance(
        agent_capacities=dict.fromkeys(values, 1), item_capacities=seats, valuations=values
    )
    result = divide(serial_dictatorship, instance=instance, agent_order=order)
    taken = np.full(many, -1, np.int32)
    for candidate, items in result.items():
        for item in items:
            taken[int(candidate[1:])] = int(item[1:])
    return taken


if __name__ == "__main__":
    sys.setrecursionlimit(10**7)
    threading.stack_size(512 * 1024**2)
    thread = threading.Thread(target=main, args=sys.argv[1:3])
    thread.start()
    thread.join()

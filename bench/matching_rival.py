"""The package `matching` on one instance: prints seconds, leaves the assignment beside it."""

import sys
import threading
import time
from pathlib import Path

import numpy as np
from matching.games import HospitalResident


def main(folder):
    given = np.load(Path(folder) / "instance.npz")
    seats, first = given["seats"], given["first"]
    programme, places = given["programme"], given["places"]
    start = time.perf_counter()
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
    seconds = time.perf_counter() - start
    taken = np.full(first.size - 1, -1, np.int32)
    for hospital, residents in result.items():
        for resident in residents:
            taken[int(resident.name)] = int(str(hospital.name)[1:])
    np.save(Path(folder) / "result.npy", taken)
    print(seconds)


if __name__ == "__main__":
    sys.setrecursionlimit(10**7)
    threading.stack_size(512 * 1024**2)
    thread = threading.Thread(target=main, args=[sys.argv[1]])
    thread.start()
    thread.join()

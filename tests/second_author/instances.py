"""Small random folders for the oracle and the product."""

import csv
from pathlib import Path
from random import Random
from typing import Any

import yaml

from tests.second_author.folder_oracle import Tables

MODES = ["minimum", "over", "open-first", "separate"]
DEFERRED = ["candidate-proposing", "programme-proposing"]


class Folder:
    """Tables and rules under construction."""

    def __init__(self, random: Random, mechanism: str, policy: str) -> None:
        self.random = random
        self.rules: dict[str, Any] = {
            "mechanism": mechanism,
            "keys": {"default": ["total", "skill"]},
            "ties": {"policy": policy},
        }
        if policy == "lottery":
            self.rules["ties"]["seed"] = f"seed {random.randrange(100)}"
        self.tables: Tables = {"programmes": [], "candidates": [], "choices": []}
        self.add_programmes(random.randint(1, 4))
        self.add_candidates(random.randint(1, 7), top=random.choice([3, 6, 40]))
        self.add_choices()

    def add_programmes(self, number: int) -> None:
        for i in range(number):
            self.tables["programmes"].append(
                {"programme": f"P{i}", "seats": str(self.random.randint(0, 3)), "class": "a"}
            )

    def add_candidates(self, number: int, top: int) -> None:
        for i in range(number):
            self.tables["candidates"].append(
                {
                    "candidate": f"c{i}",
                    "total": str(self.random.randint(0, top)),
                    "skill": self.random.choice(["0", "1.5", "1.50", "2"]),
                    "sport": str(self.random.randint(0, top)),
                    "home": self.random.choice(["rural", "city"]),
                    "origin": self.random.choice(["s1", "s2", "s3"]),
                }
            )

    def add_choices(self) -> None:
        names = [r["programme"] for r in self.tables["programmes"]]
        for row in self.tables["candidates"]:
            wishes = self.random.sample(names, self.random.randint(0, len(names)))
            rank = 0
            for programme in wishes:
                rank += self.random.choice([1, 1, 1, 2])
                self.tables["choices"].append(
                    {"candidate": row["candidate"], "rank": str(rank), "programme": programme}
                )
        if not self.tables["choices"]:
            self.tables["choices"].append({"candidate": "c0", "rank": "1", "programme": names[0]})

    def several_rankings(self) -> "Folder":
        self.rules["keys"]["b"] = self.random.choice([["sport"], ["sport", "-total"]])
        self.rules["keys"]["c"] = ["choice.score"]
        for row in self.tables["programmes"]:
            row["class"] = self.random.choice(["a", "b", "c"])
        for row in self.tables["choices"]:
            row["score"] = str(self.random.randint(0, 4))
        return self

    def reserves(self, number: int) -> "Folder":
        given = {}
        for name, where in [("rural", {"home": "rural"}), ("first", {"origin": ["s1", "s2"]})]:
            if len(given) < number:
                given[name] = {"mode": self.random.choice(MODES), "where": where}
                if self.random.random() < 0.5:
                    given[name]["unused"] = self.random.choice(["stay", "anyone"])
        self.rules["reserves"] = given
        for row in self.tables["programmes"]:
            left = int(row["seats"])
            for name in given:
                kept = self.random.randint(0, left)
                row[f"reserve:{name}"] = str(kept)
                left -= kept
        return self

    def reserve_by_origin(self) -> "Folder":
        self.rules["reserves"] = {
            "quota": {
                "mode": self.random.choice(MODES),
                "by": "origin",
                "unused": self.random.choice(["stay", "anyone"]),
            }
        }
        self.tables["reserves"] = []
        for row in self.tables["programmes"]:
            left = int(row["seats"])
            for value in ["s1", "s2"]:
                kept = self.random.randint(0, left)
                left -= kept
                self.tables["reserves"].append(
                    {
                        "programme": row["programme"],
                        "reserve": "quota",
                        "value": value,
                        "seats": str(kept),
                    }
                )
        return self

    def bars(self) -> "Folder":
        self.rules["lines"] = {"default": {"skill": 1, "sport": 1}}
        has_class = any(row.get("class") == "b" for row in self.tables["programmes"])
        if self.random.random() < 0.5 and has_class:
            self.rules["lines"]["b"] = {"total": 1}
            self.rules["require"] = {"b": {"home": "city"}}
        else:
            self.rules["require"] = {"default": {"origin": ["s1", "s2"]}}
        self.rules["missing"] = "bar"
        for row in self.tables["candidates"]:
            for name in ["total", "skill", "sport"]:
                if self.random.random() < 0.1:
                    row[name] = ""
        pairs = [(r["candidate"], r["programme"]) for r in self.tables["choices"]]
        struck = self.random.sample(pairs, min(len(pairs), self.random.randint(0, 2)))
        self.tables["strikeouts"] = [
            {"candidate": c, "programme": p, "reason": "health"} for c, p in struck
        ]
        if self.random.random() < 0.3:
            name = self.random.choice(self.tables["programmes"])["programme"]
            self.tables["closures"] = [{"programme": name, "reason": "withdrawn"}]
        return self

    def frozen(self) -> "Folder":
        self.tables["frozen"] = []
        closed = {r["programme"] for r in self.tables.get("closures", [])}
        left = {r["programme"]: int(r["seats"]) for r in self.tables["programmes"]}
        for row in self.tables["candidates"][:2]:
            free = [p for p, seats in left.items() if seats and p not in closed]
            if free:
                chosen = self.random.choice(free)
                left[chosen] -= 1
                self.tables["frozen"].append({"candidate": row["candidate"], "programme": chosen})
        return self

    def caps(self) -> "Folder":
        given: dict[str, dict[str, int]] = {"shop": {}, "campus": {}}
        for i, row in enumerate(self.tables["programmes"]):
            campus = "k1" if i < 3 else "k2"
            shop = self.random.choice(["", f"{campus}-w1"])
            row["cap:shop"], row["cap:campus"] = shop, campus
            given["campus"][campus] = self.random.randint(1, 4)
            if shop:
                given["shop"][shop] = self.random.randint(1, 3)
        self.rules["caps"] = {k: v for k, v in given.items() if v}
        return self

    def groups(self) -> "Folder":
        for row in self.tables["programmes"]:
            row["group"] = self.random.choice(["g1", "g2"])
        self.rules["ratio"] = self.random.choice([1, 1.05, 1.5, 2])
        group = {r["programme"]: r["group"] for r in self.tables["programmes"]}
        for who in {r["candidate"] for r in self.tables["choices"]}:
            own = [r for r in self.tables["choices"] if r["candidate"] == who]
            ranks = [r["rank"] for r in own]
            for row, rank in zip(
                sorted(own, key=lambda r: group[r["programme"]]), ranks, strict=True
            ):
                row["rank"] = rank
        yes: dict[tuple[str, str], str] = {}
        for row in self.tables["choices"]:
            place = (row["candidate"], group[row["programme"]])
            row["adjust"] = yes.setdefault(place, self.random.choice(["yes", "no"]))
        return self

    def batches(self) -> "Folder":
        for row in self.tables["programmes"]:
            row["batch"] = self.random.choice(["early", "normal"])
        early = self.random.choice(["immediate", "candidate-proposing"])
        self.rules["batches"] = [
            {"name": "early", "programmes": {"batch": "early"}, "rules": {"mechanism": early}},
            {"name": "normal", "programmes": {"batch": "normal"}},
        ]
        return self


def write(tables: Tables, rules: dict[str, Any], folder: Path, shuffle: Random) -> None:
    """Write the folder; rows in any order."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        if not rows:
            continue
        columns = list(dict.fromkeys(c for r in rows for c in r))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(shuffle.sample(rows, len(rows)))
    (folder / "rules.yaml").write_text(yaml.safe_dump(rules, sort_keys=False), encoding="utf-8")


BY_LOT = ["strict", "lottery"]
CLASSES = ["admit-all", "reject-all", "hold"]


def scenario(kind: str, seed: int) -> Folder:
    """A folder of a kind; the same for the same seed."""
    random = Random(f"{kind} {seed}")  # noqa: S311 - instances, not secrets
    any_policy = random.choice([*BY_LOT, *CLASSES])
    by_lot = random.choice(BY_LOT)
    deferred = random.choice(DEFERRED)
    one = random.choice(["serial", *DEFERRED])
    several = "candidate-proposing" if any_policy in CLASSES else deferred
    if kind.startswith("immediate"):
        folder = Folder(random, "immediate", any_policy)
        folder.rules["ratio"] = random.choice([1, 1.2, 1.5, 2])
        return folder.several_rankings().bars() if kind == "immediate, barred" else folder
    if kind.startswith("groups"):
        folder = Folder(random, "groups", by_lot).groups()
        return {"groups": lambda: folder, "groups, barred": folder.bars}.get(kind, folder.frozen)()
    make = {
        "serial": lambda: Folder(random, "serial", any_policy),
        "several rankings": lambda: Folder(random, several, any_policy).several_rankings(),
        "barred": lambda: Folder(random, several, any_policy).several_rankings().bars(),
        "frozen": lambda: Folder(random, several, any_policy).several_rankings().bars().frozen(),
        "a reserve": lambda: Folder(random, one, by_lot).reserves(1),
        "a reserve, classes": lambda: Folder(
            random, "candidate-proposing", random.choice(CLASSES)
        ).reserves(1),
        "a reserve, several rankings": lambda: (
            Folder(random, deferred, by_lot).several_rankings().reserves(1)
        ),
        "two reserves": lambda: Folder(random, one, by_lot).reserves(2),
        "reserves by value": lambda: Folder(random, one, by_lot).reserve_by_origin(),
        "caps": lambda: Folder(random, one, by_lot).caps(),
        "caps, frozen": lambda: Folder(random, one, by_lot).caps().frozen(),
        "batches": lambda: Folder(random, deferred, by_lot).several_rankings().batches(),
        "batches, barred": lambda: (
            Folder(random, deferred, by_lot).several_rankings().bars().frozen().batches()
        ),
    }
    return make[kind]()


KINDS = [
    "serial", "several rankings", "barred", "frozen", "a reserve", "a reserve, classes",
    "a reserve, several rankings", "two reserves", "reserves by value", "caps", "caps, frozen",
    "batches", "batches, barred", "immediate", "immediate, barred", "groups", "groups, barred",
    "groups, frozen",
]  # fmt: skip

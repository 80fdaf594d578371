"""From tables and rules to stages of the oracle, and from its answers to reasons and lines."""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.second_author.oracle import OPEN, Answer, Proposal, Row, Slot, Stage, run

Tables = dict[str, list[Row]]
Lots = Callable[[list[str]], list[int]]
BEFORE = {"minimum"}
IN_GROUPS = {"below-cutoff", "not-filed", "filed-elsewhere", "returned", "tied-by-lot"}
TIED = {"tied-by-lot", "tied-rejected", "tied-held"}


def answer(tables: Tables, rules: dict[str, Any], lots: Lots) -> Answer:
    """Allocate everything that tables and rules ask for, batch after batch."""
    held: dict[str, str] = {r["candidate"]: r["programme"] for r in tables.get("frozen", [])}
    total = Answer(dict(held), {}, {})
    for batch in rules.get("batches") or [{"programmes": {}, "rules": {}}]:
        inside = {
            r["programme"]
            for r in tables["programmes"]
            if all(r.get(k, "") in as_list(v) for k, v in batch.get("programmes", {}).items())
        }
        part = {**rules, **batch.get("rules", {})}
        run_batch(tables, part, inside, total, lots)
    return total


def as_list(value: Any) -> list[str]:
    """One value or several, as texts."""
    return [str(v) for v in value] if isinstance(value, list) else [str(value)]


def of_class(rule: dict[str, Any] | None, programme: Row) -> Any:
    """What a rule by class says for a programme; a class replaces the default (QUESTIONS 1)."""
    rule = rule or {}
    return rule.get(programme.get("class", ""), rule.get("default"))


class Batch:
    """The tables of one batch by name."""

    def __init__(self, tables: Tables, rules: dict[str, Any], inside: set[str], before: Answer):
        self.tables, self.rules, self.before = tables, rules, before
        self.programmes = {
            r["programme"]: r for r in tables["programmes"] if r["programme"] in inside
        }
        self.candidates = {r["candidate"]: r for r in tables["candidates"]}
        self.choices: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(tables["choices"], key=lambda r: int(r["rank"])):
            if row["programme"] in inside:
                self.choices[row["candidate"]].append(row)
        self.struck = {(r["candidate"], r["programme"]) for r in tables.get("strikeouts", [])}
        self.decisions = {
            (r["candidate"], r["programme"]): int(r["order"]) for r in tables.get("decisions", [])
        }
        self.closed = {r["programme"] for r in tables.get("closures", [])}

    def value(self, candidate: str, column: str, choice: Row | None) -> Decimal | None:
        """A score, or None where it is missing."""
        if column == "choice.score":
            text = (choice or {}).get("score", "")
        else:
            text = self.candidates[candidate].get(column, "")
        return Decimal(text) if text else None

    def bars(  # noqa: C901 - one branch for each bar of the contract
        self, candidate: str, programme: str, choice: Row | None
    ) -> set[str]:
        """Everything that keeps a choice from competing."""
        row, who = self.programmes[programme], self.candidates[candidate]
        found = set()
        columns = [name.lstrip("-") for name in of_class(self.rules["keys"], row)]
        lines = of_class(self.rules.get("lines"), row) or {}
        scores = {name: self.value(candidate, name, choice) for name in [*columns, *lines]}
        if None in scores.values():
            found.add("no-score")
        for name, line in lines.items():
            if scores[name] is not None and scores[name] < Decimal(str(line)):
                found.add("below-line")
        for name, wanted in (of_class(self.rules.get("require"), row) or {}).items():
            if who.get(name, "") not in as_list(wanted):
                found.add("not-eligible")
        if (candidate, programme) in self.struck:
            found.add("struck-out")
        if programme in self.closed:
            found.add("plan-changed")
        if self.before.programme.get(candidate):
            found.add("placed-before")
        return found

    def key(self, candidate: str, programme: str, choice: Row | None) -> tuple[Decimal, ...]:
        """The keys, higher is better."""
        found = []
        for name in of_class(self.rules["keys"], self.programmes[programme]):
            value = self.value(candidate, name.lstrip("-"), choice)
            assert value is not None
            found.append(-value if name.startswith("-") else value)
        if self.decisions:
            found.append(Decimal(-self.decisions.get((candidate, programme), 10**6)))
        return tuple(found)

    def kinds(self, programme: str) -> list[tuple[str, str, int, Callable[[str], bool], bool]]:
        """Name, mode, places, who, and whether what is unused goes to anyone."""
        found = []
        for name, rule in (self.rules.get("reserves") or {}).items():
            unused = rule.get("unused", "stay" if rule["mode"] == "over" else "anyone")
            if "by" in rule:
                parts = [
                    (f"{name}:{r['value']}", int(r["seats"]), {rule["by"]: r["value"]})
                    for r in self.tables.get("reserves", [])
                    if r["programme"] == programme and r["reserve"] == name
                ]
            else:
                seats = int(self.programmes[programme].get(f"reserve:{name}") or 0)
                parts = [(name, seats, rule["where"])]
            for label, seats, where in parts:
                if seats:
                    kind = self.is_kind(where)
                    found.append((label, rule["mode"], seats, kind, unused == "anyone"))
        return found

    def is_kind(self, where: dict[str, Any]) -> Callable[[str], bool]:
        """Whether a candidate belongs to a reserve."""
        return lambda c: all(
            self.candidates[c].get(name, "") in as_list(value) for name, value in where.items()
        )


def slots_of(batch: Batch, programme: str, taken: int) -> list[Slot]:
    """The kinds of places in the order in which they are asked, without the separate ones."""
    seats = int(batch.programmes[programme]["seats"])
    kinds = [k for k in batch.kinds(programme) if k[1] != "separate"]
    aside = [k for k in batch.kinds(programme) if k[1] == "separate"]
    free = seats - sum(k[2] for k in kinds) - sum(k[2] for k in aside if not k[4]) - taken
    if programme in batch.closed:
        return []
    before = [Slot(k[0], k[2], k[3], reverts=k[4]) for k in kinds if k[1] in BEFORE]
    after = [Slot(k[0], k[2], k[3], reverts=k[4]) for k in kinds if k[1] not in BEFORE]
    middle = Slot(OPEN, free, lambda _: True, reverts=False, everyone=True)
    return [*before, middle, *after]


def stage_of(  # noqa: C901, PLR0912 - tables in the order of the contract
    batch: Batch, slots: dict[str, list[Slot]], held: list[str]
) -> Stage:
    """Everything that a run asks."""
    rules = batch.rules
    caps = rules.get("caps") or {}
    above = {
        p: [(level, row[f"cap:{level}"]) for level in caps if row.get(f"cap:{level}")]
        for p, row in batch.programmes.items()
    }
    every = {r["programme"]: r for r in batch.tables["programmes"]}
    left = {(level, n): int(q) for level, some in caps.items() for n, q in some.items()}
    for programme in held:
        for level in caps:
            name = every[programme].get(f"cap:{level}")
            if name:
                left[level, name] -= 1
    lists, turns, keys, adjusts, struck = {}, {}, {}, set(), []
    for candidate, choices in batch.choices.items():
        wishes = []
        for choice in choices:
            programme = choice["programme"]
            bars = batch.bars(candidate, programme, choice)
            if choice.get("adjust") == "yes":
                adjusts.add((candidate, batch.programmes[programme].get("group") or programme))
            if bars - {"struck-out"}:
                continue
            keys[candidate, programme] = batch.key(candidate, programme, choice)
            turns[candidate, programme] = int(choice["rank"])
            if bars:
                struck.append((candidate, programme))
            else:
                wishes.append(programme)
        lists[candidate] = wishes
    return Stage(
        mechanism=rules["mechanism"],
        policy=rules["ties"]["policy"],
        slots=slots,
        caps=above,
        cap_left=left,
        lists=lists,
        round_of=turns,
        key=keys,
        ranking_of={p: ranking_name(rules, p, r) for p, r in batch.programmes.items()},
        ratio=Fraction(str(rules.get("ratio", 1))),
        group_of={p: r.get("group") or p for p, r in batch.programmes.items()},
        adjusts=adjusts,
        may=lambda c, p: not batch.bars(c, p, None),
        struck=struck,
    )


def ranking_name(rules: dict[str, Any], programme: str, row: Row) -> str:
    """Programmes with the same keys share a ranking, unless a key is of the choice."""
    keys = of_class(rules["keys"], row)
    return programme if any("choice.score" in k for k in keys) else "/".join(keys)


def run_batch(
    tables: Tables, rules: dict[str, Any], inside: set[str], total: Answer, lots: Lots
) -> None:
    """Run the separate reserves, then the batch, and give the reasons."""
    batch = Batch(tables, rules, inside, total)
    bars = {
        (c, r["programme"]): batch.bars(c, r["programme"], r)
        for c, rows in batch.choices.items()
        for r in rows
    }
    if any(rule["mode"] == "separate" for rule in (rules.get("reserves") or {}).values()):
        separate_batch(batch, total, lots)
    held = [p for p in total.programme.values() if p]
    slots = {p: slots_of(batch, p, taken_of(batch, total, p)) for p in batch.programmes}
    stage = stage_of(batch, slots, held)
    record(total, run(stage, lots))
    for proposal, codes in bars.items():
        total.reasons[proposal] = codes or reason_of(batch, stage, total, proposal)


def taken_of(batch: Batch, total: Answer, programme: str) -> int:
    """Open places that are gone: held before, without those in kinds of their own that stay."""
    stays = {k[0] for k in batch.kinds(programme) if k[1] == "separate" and not k[4]}
    return sum(
        p == programme and total.category.get(c) not in stays for c, p in total.programme.items()
    )


def separate_batch(batch: Batch, total: Answer, lots: Lots) -> None:
    """The separate places of all reserves as one batch of their own (QUESTIONS 4)."""
    slots = {
        p: []
        if p in batch.closed
        else [Slot(k[0], k[2], k[3], reverts=False) for k in batch.kinds(p) if k[1] == "separate"]
        for p in batch.programmes
    }
    held = [p for p in total.programme.values() if p]
    stage = stage_of(batch, slots, held)
    stage.lists = {
        c: [p for p in wishes if any(s.kind(c) for s in slots[p])]
        for c, wishes in stage.lists.items()
    }
    record(total, run(stage, lots))


def record(total: Answer, held: dict[Proposal, str]) -> None:
    """Note who was admitted."""
    for (candidate, programme), slot in held.items():
        total.programme[candidate] = programme
        total.category[candidate] = slot


def reason_of(  # noqa: PLR0911 - one return for each reason
    batch: Batch, stage: Stage, total: Answer, proposal: Proposal
) -> set[str]:
    """Return the codes that the contract lets a competing choice have."""
    candidate, programme = proposal
    mine = total.programme.get(candidate, "")
    if mine == programme:
        return {"admitted"}
    wishes = stage.lists[candidate]
    listed = [r["programme"] for r in batch.choices[candidate]]
    if mine in listed and listed.index(mine) < listed.index(programme):
        return {"better-held"}
    if stage.mechanism == "groups":
        return IN_GROUPS if mine in listed or not mine else {*IN_GROUPS, "better-held"}
    if programme in wishes and not sum(s.seats for s in stage.slots[programme]):
        return {"no-places"}
    if stage.mechanism == "immediate":
        if proposal in stage.said and stage.policy in {"reject-all", "hold"}:
            return {"tied-held" if stage.policy == "hold" else "tied-rejected"}
        return {"below-cutoff", "taken-earlier", "tied-by-lot"}
    if programme not in wishes:  # held since the batch of a separate reserve
        return {"placed-before", "below-cutoff", "cap-full", *TIED}
    return displaced_reason(batch, stage, total, proposal)


def displaced_reason(batch: Batch, stage: Stage, total: Answer, proposal: Proposal) -> set[str]:
    """Why deferred acceptance kept a candidate out; several codes where reserves leave it open."""
    programme = proposal[1]
    inside = [c for c, p in total.programme.items() if p == programme]
    keys = [stage.key[c, programme] for c in inside if (c, programme) in stage.key]
    tied = bool(keys) and min(keys) == stage.key[proposal]
    full = len(inside) >= int(batch.programmes[programme]["seats"])
    if any(k[2] for k in batch.kinds(programme)):
        if not any(s.seats and s.everyone for s in stage.slots[programme]):
            return {"no-places", "below-cutoff", *TIED, "cap-full"}
        return {"below-cutoff", "tied-by-lot", "tied-rejected", "tied-held", "cap-full"}
    found = set()
    if stage.policy in {"reject-all", "hold"}:
        asking = [
            c
            for c, wishes in stage.lists.items()
            if programme in wishes
            and wishes.index(programme) <= index_of(wishes, total.programme.get(c, ""))
        ]
        above = [c for c in asking if stage.key[c, programme] > stage.key[proposal]]
        same = [c for c in asking if stage.key[c, programme] == stage.key[proposal]]
        left = int(batch.programmes[programme]["seats"]) - len(above)
        cut = 0 < left < len(same)
        return (
            {"tied-held" if stage.policy == "hold" else "tied-rejected"}
            if cut
            else {"below-cutoff"}
        )
    if full:
        found.add("tied-by-lot" if tied else "below-cutoff")
    if stage.caps[programme]:
        found |= {"cap-full", "tied-by-lot"}
    return found


def index_of(wishes: list[str], programme: str) -> int:
    """Where a programme stands, at the end where it does not."""
    return wishes.index(programme) if programme in wishes else len(wishes)

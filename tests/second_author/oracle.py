"""A slow allocation in dicts and lists, written from the contract alone.

The contract is docs/howto/allocate-on-files.md and docs/algorithms/matching.md. What they leave
open stands in QUESTIONS.md; nothing here imports or copies the engine.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import permutations, product
from typing import Any

Row = dict[str, str]
Proposal = tuple[str, str]  # candidate, programme
OPEN = "open"
ANY = "any"
MOST_ORDERS = 400


class RefusedError(Exception):
    """The rules say that this run must be refused."""


class TooManyOrdersError(Exception):
    """More ways to break ties than this oracle enumerates."""


@dataclass
class Slot:
    """Places of one kind in one programme."""

    name: str
    seats: int
    kind: Callable[[str], bool]
    reverts: bool
    everyone: bool = False


@dataclass
class Stage:
    """One run: who asks for what, and what there is."""

    mechanism: str
    policy: str
    slots: dict[str, list[Slot]]
    caps: dict[str, list[tuple[str, str]]]  # programme -> caps above it
    cap_left: dict[tuple[str, str], int]
    lists: dict[str, list[str]]  # who competes: candidate -> programmes by wish
    round_of: dict[Proposal, int]
    key: dict[Proposal, tuple[Decimal, ...]]
    ranking_of: dict[str, str]
    ratio: Fraction
    group_of: dict[str, str]
    adjusts: set[tuple[str, str]]  # candidate, group
    may: Callable[[str, str], bool]
    struck: list[Proposal] = field(default_factory=list)  # they compete but for a strike-out
    order: dict[tuple[str, str], int] = field(default_factory=dict)
    said: set[Proposal] = field(default_factory=set)  # whole classes refused with places left

    def place(self, proposal: Proposal) -> tuple[Any, ...]:
        """Sort key of a candidate at a programme: lower is better."""
        candidate, programme = proposal
        broken = self.order.get((self.ranking_of[programme], candidate), 0)
        return (*(-value for value in self.key[proposal]), broken)


@dataclass
class Answer:
    """Who holds what, in which category, and which codes a reason may have."""

    programme: dict[str, str]
    category: dict[str, str]
    reasons: dict[Proposal, set[str]]


# --- choosing --------------------------------------------------------------------------------


def classes(stage: Stage, asking: list[Proposal]) -> list[list[Proposal]]:
    """The asking in order, those tied together."""
    tied: dict[tuple[Any, ...], list[Proposal]] = defaultdict(list)
    for proposal in asking:
        tied[stage.place(proposal)].append(proposal)
    return [tied[place] for place in sorted(tied)]


def fill(stage: Stage, asking: list[Proposal], seats: int) -> list[Proposal]:
    """Take the best for one kind of place, tied classes by the policy."""
    taken: list[Proposal] = []
    for tied in classes(stage, asking):
        if stage.policy == "admit-all":
            if len(taken) >= seats:
                break
            taken += tied
        elif stage.policy in {"reject-all", "hold"}:
            if len(taken) + len(tied) > seats:
                break
            taken += tied
        else:
            taken += sorted(tied)[: seats - len(taken)]
    return taken


def choose_in_programme(stage: Stage, programme: str, asking: list[Proposal]) -> dict[str, str]:
    """Fill the kinds of places in their order; a place that reverts prefers its own kind.

    Places that revert do so at their turn in the order (QUESTIONS.md, 3).
    """
    held: dict[str, str] = {}
    rest = list(asking)
    for slot in stage.slots[programme]:
        own = [p for p in rest if slot.kind(p[0])]
        taken = fill(stage, own, slot.seats)
        others = [p for p in rest if not slot.kind(p[0])]
        if slot.reverts and len(taken) == len(own) and len(taken) < slot.seats:
            taken = taken + fill(stage, others, slot.seats - len(taken))
        held |= dict.fromkeys((c for c, _ in taken), slot.name)
        rest = [p for p in rest if p not in taken]
    return held


def choose_under_caps(stage: Stage, asking: list[Proposal]) -> dict[Proposal, str]:
    """Best first, each takes the first kind of place that is left if no cap above is full."""
    held: dict[Proposal, str] = {}
    used: dict[Any, int] = defaultdict(int)
    by_wish = {(c, p): i for c, wishes in stage.lists.items() for i, p in enumerate(wishes)}
    for proposal in sorted(asking, key=lambda p: (stage.place(p), p[0], by_wish[p])):
        candidate, programme = proposal
        caps = stage.caps[programme]
        if any(used[cap] >= stage.cap_left[cap] for cap in caps):
            continue
        for slot in stage.slots[programme]:
            if slot.kind(candidate) and used[programme, slot.name] < slot.seats:
                held[proposal] = slot.name
                used[programme, slot.name] += 1
                for cap in caps:
                    used[cap] += 1
                break
    return held


def choose(stage: Stage, asking: list[Proposal]) -> dict[Proposal, str]:
    """What all programmes together hold of those who ask."""
    by_programme: dict[str, list[Proposal]] = defaultdict(list)
    for proposal in asking:
        by_programme[proposal[1]].append(proposal)
    capped = [p for name, some in by_programme.items() if stage.caps[name] for p in some]
    held = choose_under_caps(stage, capped)
    for programme, some in by_programme.items():
        if not stage.caps[programme]:
            chosen = choose_in_programme(stage, programme, some)
            held |= {(c, programme): slot for c, slot in chosen.items()}
    return held


# --- mechanisms ------------------------------------------------------------------------------


def candidates_propose(stage: Stage) -> dict[Proposal, str]:
    """Each asks the best programme that has not refused."""
    refused: set[Proposal] = set()
    while True:
        asking = []
        for candidate, wishes in stage.lists.items():
            still = [p for p in wishes if (candidate, p) not in refused]
            if still:
                asking.append((candidate, still[0]))
        held = choose(stage, asking)
        out = [p for p in asking if p not in held]
        if not out:
            return held
        refused |= set(out)


def programmes_propose(stage: Stage) -> dict[Proposal, str]:
    """Programmes offer to their best; who holds a better offer is gone from the worse."""
    open_still = {(c, p) for c, wishes in stage.lists.items() for p in wishes}
    while True:
        offers = choose(stage, sorted(open_still))
        gone = set()
        for candidate, wishes in stage.lists.items():
            offered = [p for p in wishes if (candidate, p) in offers]
            if offered:
                worse = wishes[wishes.index(offered[0]) + 1 :]
                gone |= {(candidate, p) for p in worse} & open_still
        if not gone:
            return offers
        open_still -= gone


def immediate(stage: Stage) -> dict[Proposal, str]:
    """Choice by choice, final at once; files of the struck out are sent and count in the ratio."""
    held: dict[Proposal, str] = {}
    stage.said.clear()
    for turn in sorted(set(stage.round_of.values())):
        placed = {c for c, _ in held}
        asking = [
            (c, p)
            for c, wishes in stage.lists.items()
            for p in wishes
            if c not in placed and stage.round_of[c, p] == turn
        ]
        struck = [p for p in stage.struck if p[0] not in placed and stage.round_of[p] == turn]
        asking = file_to_programmes(stage, asking, struck)
        now = choose(stage, asking)
        say_of_round(stage, asking, now)
        held |= now
        for (_, programme), name in now.items():
            for slot in stage.slots[programme]:
                slot.seats -= slot.name == name
            for cap in stage.caps[programme]:
                stage.cap_left[cap] -= 1
    return held


def file_to_programmes(
    stage: Stage, asking: list[Proposal], struck: list[Proposal]
) -> list[Proposal]:
    """The files of a round that are sent, without those that are then struck out."""
    sent: list[Proposal] = []
    for programme, slots in stage.slots.items():
        room = int(sum(slot.seats for slot in slots) * stage.ratio)
        files = [p for p in [*asking, *struck] if p[1] == programme]
        sent += [p for p in fill(stage, files, room) if p in asking]
    return sent


def say_of_round(stage: Stage, asking: list[Proposal], now: dict[Proposal, str]) -> None:
    """Note the best class that a round refused as a whole though places were left for some."""
    for programme, slots in stage.slots.items():
        left = sum(slot.seats for slot in slots) - sum(p[1] == programme for p in now)
        out = classes(stage, [p for p in asking if p[1] == programme and p not in now])
        if out and left > 0:
            stage.said |= set(out[0])


def file_to_groups(stage: Stage) -> dict[str, str]:
    """In the order of the ranking, each file goes once to the first group that takes more."""
    room: dict[str, int] = defaultdict(int)
    for programme, slots in stage.slots.items():
        room[stage.group_of[programme]] += sum(slot.seats for slot in slots)
    files: dict[str, int] = defaultdict(int)
    filed: dict[str, str] = {}
    for candidate, _ in in_order(stage):
        for programme in wishes_to_file(stage, candidate):
            group = stage.group_of[programme]
            if files[group] < int(room[group] * stage.ratio):
                filed[candidate] = group
                files[group] += 1
                break
    return filed


def wishes_to_file(stage: Stage, candidate: str) -> list[str]:
    """What competes or is struck out, by wish: a school strikes out only what was filed to it."""
    struck = [p for c, p in stage.struck if c == candidate]
    return sorted([*stage.lists[candidate], *struck], key=lambda p: stage.round_of[candidate, p])


def in_order(stage: Stage) -> list[Proposal]:
    """One proposal of each candidate, best first, where one ranking stands for all."""
    filed = {c: wishes_to_file(stage, c) for c in stage.lists}
    first = [(c, wishes[0]) for c, wishes in filed.items() if wishes]
    return sorted(first, key=lambda p: (stage.place(p), p))


def groups(stage: Stage) -> dict[Proposal, str]:
    """Filed once, placed by the listed majors, then adjusted by name of the major."""
    filed = file_to_groups(stage)
    left = {p: sum(slot.seats for slot in slots) for p, slots in stage.slots.items()}
    held: dict[Proposal, str] = {}
    waiting = []
    for candidate, _ in in_order(stage):
        group = filed.get(candidate)
        listed = [p for p in stage.lists[candidate] if stage.group_of[p] == group]
        free = [p for p in listed if left[p] > 0]
        if free:
            held[candidate, free[0]] = OPEN
            left[free[0]] -= 1
        elif group is not None and (candidate, group) in stage.adjusts:
            waiting.append((candidate, group))
    for candidate, group in waiting:
        for programme in sorted(left):
            inside = stage.group_of[programme] == group
            if inside and left[programme] > 0 and stage.may(candidate, programme):
                held[candidate, programme] = OPEN
                left[programme] -= 1
                break
    return held


MECHANISMS = {
    "serial": candidates_propose,
    "candidate-proposing": candidates_propose,
    "programme-proposing": programmes_propose,
    "immediate": immediate,
    "groups": groups,
}


# --- ties ------------------------------------------------------------------------------------


def orders(stage: Stage, ranking_of: dict[str, str]) -> Iterator[dict[tuple[str, str], int]]:
    """Every way to break the ties, one order for each ranking."""
    tied: dict[tuple[str, Any], set[str]] = defaultdict(set)
    for candidate, programme in stage.key:
        if programme in stage.lists.get(candidate, ()) or (candidate, programme) in stage.struck:
            tied[ranking_of[programme], stage.key[candidate, programme]].add(candidate)
    several = [(name, sorted(some)) for (name, _), some in tied.items() if len(some) > 1]
    ways = 1
    for _, some in several:
        for size in range(2, len(some) + 1):
            ways *= size
    if ways > MOST_ORDERS:
        raise TooManyOrdersError
    for broken in product(*(permutations(some) for _, some in several)):
        yield {
            (name, candidate): turn
            for (name, _), some in zip(several, broken, strict=True)
            for turn, candidate in enumerate(some)
        }


def copy_of(stage: Stage, **changes: Any) -> Stage:
    """The stage again, with places of its own."""
    slots = {
        name: [Slot(s.name, s.seats, s.kind, s.reverts, s.everyone) for s in some]
        for name, some in stage.slots.items()
    }
    fields = {**vars(stage), "slots": slots, "cap_left": dict(stage.cap_left), **changes}
    return Stage(**fields)


def all_outcomes(stage: Stage, ranking_of: dict[str, str]) -> list[dict[Proposal, str]]:
    """The outcomes under every way to break ties."""
    found: list[dict[Proposal, str]] = []
    for order in orders(stage, ranking_of):
        changed = copy_of(stage, ranking_of=ranking_of, order=order)
        held = MECHANISMS[stage.mechanism](changed)
        if held not in found:
            found.append(held)
    return found


def run(stage: Stage, lots: Callable[[list[str]], list[int]]) -> dict[Proposal, str]:
    """Run the mechanism under the policy; strict is refused where the ties would decide."""
    if stage.policy == "strict":
        found = all_outcomes(stage, stage.ranking_of)
        if len({frozenset(held) for held in found}) > 1:
            raise RefusedError("a tie decides")
        # Which kind of place of one programme somebody holds is no difference.
        return {
            p: found[0][p] if all(h[p] == found[0][p] for h in found) else ANY for p in found[0]
        }
    if stage.policy == "lottery":
        names = sorted(stage.lists)
        drawn = dict(zip(names, lots(names), strict=True))
        broken = {(r, c): drawn[c] for r in set(stage.ranking_of.values()) for c in names}
        stage = copy_of(stage, order=broken)
    return MECHANISMS[stage.mechanism](copy_of(stage))

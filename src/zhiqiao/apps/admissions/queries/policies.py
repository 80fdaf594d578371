"""What a correction run tells of the policies that were not carried out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.models import PlaceLine, Run
from zhiqiao.engines.matching.correcting import Policy
from zhiqiao.engines.matching.nearest import Span

TITLES: dict[str, Promise] = {
    Policy.EXACT: _("Exact: the result of the corrected data, for everybody (this run)"),
    Policy.HOLD_HARMLESS: _("Hold harmless: nobody loses or gets a worse place; places are added"),
    Policy.MINIMUM_CHANGE: _("Minimum change: of the stable results the one that moves the fewest"),
}
CHOSEN_FROM: dict[str, Promise] = {
    Span.RULE: _("the rule gives one result, so it is the exact one"),
    Span.ONE: _("one result is stable for the corrected data, so it is the exact one"),
    Span.ALL: _("the nearest of all stable results"),
    Span.OPTIMA: _("the nearer of the two optima; another stable result may be nearer still"),
    Span.TIED: _("a tie would decide in the nearest stable result, so it is the exact one"),
}


@dataclass(frozen=True, slots=True)
class AboveTold:
    """A programme that would admit more than its plan."""

    line: PlaceLine
    places: int
    admitted: int
    above: int


@dataclass(frozen=True, slots=True)
class PolicyTold:
    """One policy with what it would do, and by batch what it was chosen from."""

    title: Promise
    gained: int
    lost: int
    other: int
    above: int
    chosen_from: Sequence[Promise]
    lines: Sequence[AboveTold]


def policies_told(run: Run) -> list[PolicyTold]:
    """Return the policies as the run compared them; nothing for a run that corrects none."""
    compared = run.policies or []
    codes = {code for one in compared for code, *_figures in one["above"]}
    rows = PlaceLine.objects.filter(season=run.season.source, code__in=codes)
    lines: Mapping[str, PlaceLine] = {line.code: line for line in rows.select_related("school")}
    return [
        PolicyTold(
            title=TITLES[one["policy"]],
            gained=one["gained"],
            lost=one["lost"],
            other=one["other"],
            above=sum(above for *_places, above in one["above"]),
            chosen_from=[CHOSEN_FROM[span] for span in dict.fromkeys(one["chosen_from"])],
            lines=[AboveTold(lines[code], *figures) for code, *figures in one["above"]],
        )
        for one in compared
    ]

"""Why an expert was proposed for an application, in words; for the bureau alone."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhiqiao.apps.people.choices import ExpertCategory
from zhiqiao.apps.people.queries import expert_facts, experts_visible_to
from zhiqiao.apps.projects.models import Draw, Review
from zhiqiao.apps.projects.queries.reciprocity import Reciprocity, reciprocity_among
from zhiqiao.apps.projects.rules.fit import UNIT
from zhiqiao.core.access import Actor

BY_HAND, BY_LOT = "hand", "draw"
WHY = {
    "best": gettext_lazy("nobody who may review it fits better"),
    "better-full": gettext_lazy("%(other)s fits better and has no time left"),
    "for-quota": gettext_lazy("%(other)s fits better; the quota “%(quota)s” asks for this one"),
    "for-least-load": gettext_lazy("needed to give this expert enough reviews"),
    "for-others": gettext_lazy("%(other)s fits better and is needed more elsewhere"),
    "not-listed": gettext_lazy("is not among those who were looked at"),
    "conflict": gettext_lazy("is in conflict with it"),
    "too-low": gettext_lazy("fits too little"),
    "group": gettext_lazy("is in conflict with a related application of the same panel"),
    "less-fit": gettext_lazy("all who were chosen fit at least as well"),
    "full": gettext_lazy("fits better than one who was chosen, and has no time left"),
    "quota": gettext_lazy("the quota “%(quota)s” leaves no place"),
    "least-load": gettext_lazy("others need a review more"),
    "others": gettext_lazy("fits better than %(other)s, and is needed more elsewhere"),
}
QUOTAS = {
    "per-employer": gettext_lazy("one of each employer"),
    "outside-area": gettext_lazy("from outside of the area"),
}


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposed review with what decided; ``soft`` says what does not bar the expert and should be known."""

    review: Review
    why: str
    soft: str


@dataclass(frozen=True, slots=True)
class PairTold:
    """An expert and an application: chosen or not, the reason, and figures.

    ``load`` and ``most`` are of all reviews of the call; ``conflicts`` bar, ``soft`` only warns.
    """

    key: int
    name: str
    employer: str
    is_chosen: bool
    reason: Mapping[str, object]
    load: int
    most: int
    conflicts: tuple[str, ...]
    soft: str


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A pair as a page shows it."""

    pair: PairTold
    why: str
    uid: UUID | None

    @property
    def bars(self) -> str:
        return "; ".join(self.pair.conflicts)


def explained_lines(draw: Draw, told: Collection[PairTold], *, user: Actor) -> list[ExplainedLine]:
    """Return the lines with the address of each expert, as far as the person may see experts."""
    names = names_of(draw, (one.reason for one in told))
    people = experts_visible_to(user).filter(pk__in=[one.key for one in told]).order_by()
    uids = dict(people.values_list("pk", "uid"))
    return [
        ExplainedLine(one, words_of_reason(one.reason, names), uids.get(one.key)) for one in told
    ]


def explained_table(
    lines: Iterable[ExplainedLine],
) -> tuple[str, list[str], list[tuple[object, ...]]]:
    columns = [_("Expert"), _("Employer"), _("Chosen"), _("Why"), _("Conflicts of interest"),
               _("To be known"), _("Reviews in this call"), _("At most")]  # fmt: skip
    return "why", columns, [
        (one.pair.name, one.pair.employer, _("yes") if one.pair.is_chosen else _("no"), one.why,
         one.bars, one.pair.soft, one.pair.load, one.pair.most)
        for one in lines
    ]  # fmt: skip


def proposal_lines(draw: Draw, reviews: Collection[Review]) -> list[ProposalLine]:
    """Return the lines of a page of an assignment; the database is asked twice, however many they are."""
    bodies = {
        body
        for one in reviews
        for body in (one.application.applicant_id, one.expert.employer_id)
        if body is not None
    }
    reciprocity = reciprocity_among(draw.call, bodies)
    names = names_of(draw, (one.reason for one in reviews))
    return [
        ProposalLine(
            one,
            words_of_reason(one.reason, names),
            soft_words(
                reciprocity,
                applicant=one.application.applicant_id,
                employer=one.expert.employer_id,
            ),
        )
        for one in reviews
    ]


def names_of(draw: Draw, reasons: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """Name the experts on whom reasons turn."""
    keys = {reason["other"] for reason in reasons if reason.get("other")}
    found = expert_facts(provenance=draw.call.provenance, keys=keys) if keys else []
    return {one.key: one.name for one in found}


def words_of_reason(reason: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """Say in one line why an expert was chosen, or why not: the figures, then what decided."""
    if reason.get("by") == BY_HAND:
        words = reason.get("words", "")
        return _("added by hand: %(reason)s") % {"reason": words} if words else _("added by hand")
    parts = [_("drawn by lot")] if reason.get("by") == BY_LOT else []
    parts.append(_("fit %(fit)d of 100") % {"fit": int(reason.get("fit", 0)) * 100 // UNIT})
    if reason.get("of"):
        parts.append(_("place %(rank)d of %(of)d") % reason)
    if why := WHY.get(reason.get("why", "")):
        parts.append(why % {
            "other": names.get(reason.get("other") or 0, _("another expert")),
            "quota": quota_words(reason.get("quota", "")),
        })  # fmt: skip
    return " · ".join(str(part) for part in parts)


def quota_words(name: str) -> str:
    """Say a quota in words: a category of experts, or a rule about employers or areas."""
    if name in ExpertCategory.values:
        return str(ExpertCategory(name).label)
    return str(QUOTAS.get(name, name))


def soft_words(reciprocity: Reciprocity, *, applicant: int, employer: int | None) -> str:
    """Say that people of the applicant review what the expert's employer applies for, if they do."""
    times = reciprocity.times(applicant=applicant, employer=employer)
    if not times:
        return ""
    return ngettext(
        "people of the applicant have %(number)d review of applications of the expert's employer",
        "people of the applicant have %(number)d reviews of applications of the expert's employer",
        times,
    ) % {"number": times}

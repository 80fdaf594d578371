"""How a run went and what its bundle leaves open, in the language of whoever reads.

The bundle says the same in English, once and for all, because it is signed.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.models import Run
from zhiqiao.packs import Procedure, TiePolicy

PROCEDURES: dict[str, Promise] = {
    Procedure.SERIAL: _(
        "In the order of the ranking, each candidate gets the first listed programme that has a place left."
    ),
    Procedure.CANDIDATES: _(
        "Every candidate asks the listed programmes in turn; a programme keeps the best so far and lets others go on, until nobody is let go. Nothing is final before the end."
    ),
    Procedure.PROGRAMMES: _(
        "Every programme offers its places from the top of its ranking; a candidate keeps the most wanted offer and returns the others, until no offer is returned."
    ),
    Procedure.IMMEDIATE: _(
        "Choice by choice: first choices are admitted for good, then second choices get what is left, and so on."
    ),
    Procedure.GROUPS: _(
        "In the order of the ranking, each file goes to the first listed group that still takes files, once. Inside the group the listed majors are tried in the order of the ranking; then those willing to be adjusted get any major left; other files come back."
    ),
}
TIES: dict[str, Promise] = {
    TiePolicy.STRICT: _("A tie in every key at the last place is an error."),
    TiePolicy.LOTTERY: _("Ties in every key are decided by the lots drawn from the seed."),
    TiePolicy.ADMIT_ALL: _("All tied at the last place are admitted, over the plan."),
    TiePolicy.REJECT_ALL: _(
        "None of those tied at the last place is admitted; the places stay empty."
    ),
    TiePolicy.HOLD: _("The places for which candidates are tied wait for a decision."),
}
NOT_PROVEN: tuple[Promise, ...] = (
    _(
        "That the scores are right: the bundle shows how places follow from scores, not where scores come from."
    ),
    _("That the choices are those that candidates made: each candidate checks the own leaf."),
    _(
        "That this stable allocation is the one of the rules: where several exist, cutoffs fit each of them."
    ),
    _("That nobody was left out who applied: a candidate without a leaf must complain."),
)


@dataclass(frozen=True, slots=True)
class BatchTold:
    """How one batch went."""

    title: str
    procedure: Promise
    ties: Promise
    optima: str


def order_told(run: Run) -> list[BatchTold]:
    """Return the batches of a run in their order, by the rules that the run was signed with."""
    language, scheme = get_language() or "zh-hans", run.season.rules
    batches = run.bundle["rules"]["text"]["batches"]
    optima = run.bundle.get("optima") or [None] * len(batches)
    return [
        BatchTold(
            title=scheme.batch(batch["name"]).title.in_language(language),
            procedure=PROCEDURES[batch["rules"]["mechanism"]],
            ties=TIES[batch["rules"]["ties"]["policy"]],
            optima=_optima_told(number),
        )
        for batch, number in zip(batches, optima, strict=True)
    ]


def _optima_told(number: int | None) -> str:
    """Say how far the two optima are apart; nothing where the bundle does not compare them."""
    if number is None:
        return gettext("The best results for either side are not compared under these rules.")
    if number == 0:
        return gettext(
            "The result that is best for candidates and the one best for programmes are the same."
        )
    words = ngettext(
        "The stable result that is best for candidates and the one best for programmes place %(number)s candidate differently.",
        "The stable result that is best for candidates and the one best for programmes place %(number)s candidates differently.",
        number,
    )
    return words % {"number": number}

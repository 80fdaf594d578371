"""A candidate's own file and result.

On the day of the results every candidate asks at once. So the page of the result is read in one
statement, whose parts are planned apart: as one join of ten tables its planning takes longer than all the rest.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.admissions.choices import AnswerKind, Eligibility
from zhiqiao.apps.admissions.models import Appeal, Candidate, PlaceLine, Result
from zhiqiao.apps.admissions.queries.pathways import words_by_pathway
from zhiqiao.apps.admissions.rules import is_own
from zhiqiao.core.access import Actor
from zhiqiao.core.errors import MissingError
from zhiqiao.core.policy import current_pack
from zhiqiao.core.sealing import unseal
from zhiqiao.engines.matching.bundle import leaf_content, salt_of
from zhiqiao.packs import Procedure

RESULT = """
WITH own AS MATERIALIZED (
    SELECT c.id, c.uid, c.number, p.name, s.scheme, s.year, s.state, s.provenance, c.exam_type, c.category, c.eligibility
    FROM admissions_candidate c
    JOIN people_person p ON p.id = c.person_id
    JOIN admissions_season s ON s.id = c.season_id
    WHERE c.uid = %(uid)s AND c.account_id = %(account)s
), told AS MATERIALIZED (
    SELECT run.uid, result.line_id, result.reasons
    FROM admissions_result result JOIN admissions_run run ON run.id = result.run_id
    WHERE result.candidate_id = (SELECT id FROM own) AND run.published_at IS NOT NULL
    ORDER BY run.number DESC LIMIT 1
), lines AS MATERIALIZED (
    SELECT line.id, line.code, line.major, line.pathway, line.batch, school.name
    FROM admissions_placeline line JOIN registry_organisation school ON school.id = line.school_id
    WHERE line.id = ANY (ARRAY(
        SELECT line_id FROM told
        UNION ALL SELECT (one ->> 0)::bigint FROM told, jsonb_array_elements(told.reasons) one
    ))
)
SELECT own.*, told.*, answer.says, answer.at, letter.uid, letter.number,
    EXISTS (SELECT 1 FROM admissions_appeal WHERE candidate_id = own.id),
    (SELECT jsonb_agg(to_jsonb(lines)) FROM lines)
FROM own CROSS JOIN told
LEFT JOIN admissions_answer answer ON answer.candidate_id = own.id AND answer.line_id = told.line_id
LEFT JOIN admissions_letter letter ON letter.candidate_id = own.id AND letter.withdrawn_at IS NULL
"""
REASONS: dict[str, Promise] = {
    "admitted": _("You are admitted here with %(own)s; the last one admitted has %(cutoff)s."),
    "better-held": _("You have a place that you wanted more."),
    "below-cutoff": _(
        "Your %(key)s, %(own)s, is below that of the last one admitted, %(cutoff)s: %(gap)s."
    ),
    "below-line": _("Your %(key)s, %(own)s, is below the control line %(cutoff)s: %(gap)s."),
    "no-score": _("A score that this programme ranks by is missing."),
    "not-eligible": _("This programme is not open to your exam type or category."),
    "struck-out": _("The school struck your file out, on a ground that the bureau approved."),
    "plan-changed": _("The programme was closed before the allocation."),
    "placed-before": _("You were admitted in an earlier batch or round."),
    "no-places": _("The programme has no places left for you in this round."),
    "tied-by-lot": _("You are level with the last one admitted, %(own)s, and the lot decided."),
    "tied-by-decision": _(
        "You are level with the last one admitted, %(own)s; it was decided for the other."
    ),
    "tied-rejected": _(
        "You are level with others at the last place, %(own)s, and the rule admits none."
    ),
    "tied-held": _(
        "You are level with others at the last place, %(own)s; a decision is waited for."
    ),
    "cap-full": _(
        "A limit above the programme was reached; its last one has %(cutoff)s, you have %(own)s."
    ),
    "not-filed": _(
        "Your file was not sent here: files were taken from %(cutoff)s on, you have %(own)s."
    ),
    "filed-elsewhere": _("Your file was sent to another group."),
    "returned": _("Your file was sent and returned: no major of your list had a place left."),
    "taken-earlier": _("The places were taken by candidates who ranked it higher."),
}
# Where nobody was compared, because places were left or nobody is admitted.
WITHOUT_CUTOFF: dict[str, Promise] = {
    "admitted": _("You are admitted here; places were left, so no line decided."),
    "below-cutoff": _(
        "Those before you are level at the last place, and nobody behind them is taken."
    ),
    "cap-full": _("A limit above the programme was reached."),
    "not-filed": _("Your file was not sent here."),
}
ENOUGH = _("More than %(cutoff)s would have brought you this or a better choice.")
# Where the lines of the result are thresholds: above one a candidate has the place, or a better one.
BY_THRESHOLD = frozenset({Procedure.SERIAL, Procedure.CANDIDATES, Procedure.PROGRAMMES})


@dataclass(frozen=True, slots=True)
class OwnHead:
    """Who the candidate is and in which season."""

    key: int
    uid: UUID
    number: str
    name: str
    scheme: str
    year: int
    state: str
    provenance: str
    exam_type: str
    category: str
    eligibility: str

    @property
    def title(self) -> str:
        return f"{self.year} {current_pack().schemes[self.scheme].title.in_language(_language())}"

    @property
    def exam_words(self) -> str:
        scheme = current_pack().schemes[self.scheme]
        return scheme.exam_types[self.exam_type].title.in_language(_language())

    @property
    def category_words(self) -> str:
        scheme = current_pack().schemes[self.scheme]
        return scheme.categories[self.category].title.in_language(_language())

    @property
    def eligibility_words(self) -> str:
        return str(Eligibility(self.eligibility).label)


@dataclass(frozen=True, slots=True)
class ReasonTold:
    """One listed choice with the reason as a code, in figures and in words."""

    place: int
    code: str
    major: str
    school: str
    pathway: str
    reason: str
    own: str
    cutoff: str
    gap: str
    sentence: str


@dataclass(frozen=True, slots=True)
class OwnResult:
    """The result as its page tells it; ``offer`` is the programme that admits, or nothing."""

    head: OwnHead
    run: UUID
    offer: Mapping[str, str] | None
    says: str
    answered_at: datetime | None
    letter: UUID | None
    letter_number: str
    has_appeals: bool
    reasons: tuple[ReasonTold, ...]

    @property
    def answer(self) -> str:
        return str(AnswerKind(self.says).label) if self.says else ""


def _language() -> str:
    return get_language() or "zh-hans"


def own_candidate(user: Actor, uid: UUID) -> Candidate:
    """Return a candidacy of the person who signed in; anybody else's is missing."""
    rows = Candidate.objects.filter(uid=uid, account=getattr(user, "pk", None))
    found = rows.exclude(account=None).select_related("season", "person").first()
    if found is None:
        raise MissingError("admissions.missing")
    return found


def head_of(candidate: Candidate) -> OwnHead:
    season = candidate.season
    return OwnHead(
        candidate.pk, candidate.uid, candidate.number, candidate.person.name, season.scheme, season.year,
        season.state, season.provenance, candidate.exam_type, candidate.category, candidate.eligibility,
    )  # fmt: skip


def result_told(user: Actor, uid: UUID) -> OwnResult | None:
    """Return the latest published result of a candidacy of the person, or nothing."""
    with connection.cursor() as cursor:
        cursor.execute(RESULT, {"uid": uid, "account": getattr(user, "pk", None)})
        row = cursor.fetchone()
    if row is None:
        return None
    head, (run, offer, reasons, says, at, letter, number, has_appeals, lines) = (
        OwnHead(*row[:11]),
        row[11:],
    )
    known = {line["id"]: line for line in json.loads(lines or "[]")}
    return OwnResult(
        head=head,
        run=run,
        offer=known.get(offer),
        says=says or "",
        answered_at=at,
        letter=letter,
        letter_number=number or "",
        has_appeals=has_appeals,
        reasons=tuple(_reasons_told(head, json.loads(reasons), known)),
    )


def _reasons_told(
    head: OwnHead, reasons: Sequence[Sequence[Any]], lines: Mapping[int, Mapping[str, str]]
) -> Iterable[ReasonTold]:
    words = words_by_pathway(head.scheme)
    scores = _scores_named(head)
    batches = current_pack().schemes[head.scheme].batches
    thresholds = {batch.id for batch in batches if batch.mechanism in BY_THRESHOLD}
    for place, (key, *figures) in enumerate(reasons, start=1):
        line = lines.get(key, {})
        yield ReasonTold(
            place,
            code=line.get("code", ""),
            major=line.get("major", ""),
            school=line.get("name", ""),
            pathway=words.get(line.get("pathway", ""), ""),
            reason=figures[0],
            own=figures[1],
            cutoff=figures[2],
            gap=figures[3],
            sentence=_said(figures, scores, is_by_threshold=line.get("batch") in thresholds),
        )


def _scores_named(head: OwnHead) -> Mapping[str, str]:
    kind, language = current_pack().schemes[head.scheme].exam_types[head.exam_type], _language()
    items = {name: item.title.in_language(language) for name, item in kind.items.items()}
    return items | {name: total.title.in_language(language) for name, total in kind.sums.items()}


def _said(figures: Sequence[Any], scores: Mapping[str, str], *, is_by_threshold: bool) -> str:
    """Say the reason of one choice, and what would have been enough."""
    reason, own, cutoff, gap, *further = figures
    key, behind = further or ("", None)
    score = scores.get(key.partition("@")[0], _("score"))
    told = {"own": own, "cutoff": cutoff, "gap": gap, "key": score}
    sentence = REASONS[reason] if cutoff else WITHOUT_CUTOFF.get(reason, REASONS[reason])
    parts = [str(sentence) % told]
    if reason == "below-cutoff" and cutoff:
        if behind:
            parts.append(
                ngettext(
                    "In its ranking you stand %(number)s place behind the last one admitted.",
                    "In its ranking you stand %(number)s places behind the last one admitted.",
                    behind,
                )
                % {"number": behind}
            )
        if is_by_threshold:
            parts.append(str(ENOUGH) % told)
    return " ".join(parts)


def own_result(user: Actor, candidate: Candidate) -> Result | None:
    """Return the latest published result as it is stored, for the candidate."""
    if not is_own(user, candidate):
        return None
    rows = Result.objects.filter(candidate=candidate, run__published_at__isnull=False)
    rows = rows.select_related("run", "line").defer("run__bundle")
    return rows.order_by("-run__number").first()


def leaf_of(user: Actor, result: Result) -> dict[str, object] | None:
    """Return the candidate's own leaf with its salt, to be checked against the published root."""
    candidate = result.candidate
    if not is_own(user, candidate):
        return None
    codes = dict(
        PlaceLine.objects.filter(pk__in=[row[0] for row in result.reasons]).values_list(
            "pk", "code"
        )
    )
    programme = result.line.code if result.line else None
    told = told_in_leaf(programme, result.rank, result.reasons, codes)
    content = leaf_content(candidate.number, told)
    salt = salt_of(bytes.fromhex(unseal(result.run.secret_sealed)), candidate.number)
    return {"salt": salt.hex(), "content": content.decode()}


def told_in_leaf(
    programme: str | None,
    rank: int | None,
    reasons: Iterable[Sequence[Any]],
    codes: Mapping[int, str],
) -> dict[str, Any]:
    """Return what the leaf of a result holds beside the number of the candidate."""
    choices = [
        [place, codes.get(key), reason]
        for place, (key, reason, *_figures) in enumerate(reasons, start=1)
    ]
    return {"programme": programme, "rank": rank, "choices": choices}


def own_appeals(user: Actor, uid: UUID) -> list[Appeal]:
    """Return the appeals of a candidacy of the person, the latest first."""
    rows = Appeal.objects.filter(candidate__uid=uid, candidate__account=getattr(user, "pk", None))
    return list(rows.exclude(candidate__account=None).order_by("-id"))

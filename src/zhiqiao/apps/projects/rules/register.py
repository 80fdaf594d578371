"""Who may keep the register, and which changes it accepts."""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from unicodedata import normalize

from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.accounts.queries import holds_role
from zhiqiao.apps.projects.choices import UNNAMED_MARK, Level, RecognitionState
from zhiqiao.apps.projects.models import Recognition
from zhiqiao.core import errors
from zhiqiao.core.access import ALLOWED, Actor, Verdict, refused
from zhiqiao.core.policy import current_pack

errors.define(
    "projects.not-your-register",
    message=_("You may read the register but not change it."),
    remedy=_("Ask a clerk of the education bureau, or sign in with a clerk's account."),
    status=403,
)
errors.define(
    "projects.recognition-missing",
    message=_("There is no recognised item at this address."),
    remedy=_("Search the register for its name."),
    status=404,
)
errors.define(
    "projects.kind-unknown",
    message=_("The kind “%(kind)s” is not in the policy pack."),
    remedy=_("Choose one of the kinds that the registers page lists."),
    status=404,
)
errors.define(
    "projects.area-unknown",
    message=_("The area “%(area)s” is not in the register of regions."),
    remedy=_("Write its full official name, or look it up on the regions page."),
    status=422,
)
errors.define(
    "projects.organisation-missing",
    message=_("There is no such organisation."),
    remedy=_("Search for it again and choose it from the list."),
    status=422,
)
errors.define(
    "projects.level-unknown",
    message=_("The level “%(level)s” is not one of those known: %(known)s."),
    remedy=_("Choose a known level, or leave it empty when the source does not say."),
    status=422,
)
errors.define(
    "projects.name-empty",
    message=_("A recognised item needs a name or a description."),
    remedy=_("Write the name as printed. If it is not printed, describe the item and say so."),
    status=422,
)
errors.define(
    "projects.dates-reversed",
    message=_("The item would be valid from %(valid_from)s until %(valid_to)s, backwards."),
    remedy=_("Correct one of the two days."),
    status=422,
)
errors.define(
    "projects.announced-in-future",
    message=_("The item would be announced on %(announced)s, but today is %(today)s."),
    remedy=_("Enter the day of the notice; an item that is only planned does not belong here."),
    status=422,
)
errors.define(
    "projects.already-listed",
    message=_("“%(name)s” of the same holder and batch is already in this register."),
    remedy=_("Open the item that is there and correct it, or state another batch or document."),
    status=409,
)
errors.define(
    "projects.changed-meanwhile",
    message=_("Somebody changed “%(name)s” after you opened it."),
    remedy=_("Look at the change in its history, then make yours again."),
    status=409,
)
errors.define(
    "projects.reason-missing",
    message=_("A change to the register needs a reason."),
    remedy=_("Write in one sentence why, so that others can follow it later."),
    status=422,
)
errors.define(
    "projects.not-recognised",
    message=_("“%(name)s” is no longer a recognised item, so this cannot be done."),
    remedy=_("Its history says who ended it and why."),
    status=409,
)
errors.define(
    "projects.ends-by-move",
    message=_("This item came from application %(number)s and ends together with it."),
    remedy=_("Open the application from the page of the item and take the move “%(move)s” there."),
    status=409,
)
errors.define(
    "projects.nothing-changed",
    message=_("Nothing would change."),
    remedy=_("Change at least one field, or go back."),
    status=422,
)
errors.define(
    "projects.question-unknown",
    message=_("The question “%(question)s” is not asked about items of this kind."),
    remedy=_("Open the queue of pending decisions and choose a question from there."),
    status=404,
)
errors.define(
    "projects.total-contradicts",
    message=_("The published total is %(declared)s, but the register holds %(listed)s rows."),
    remedy=_(
        "A complete list has as many rows as its total: add the missing rows, or declare it partial."
    ),
    status=409,
)
errors.define(
    "projects.declared-in-future",
    message=_("The list would be declared as of %(as_of)s, but today is %(today)s."),
    remedy=_("Enter the day up to which the list is known."),
    status=422,
)
errors.define(
    "projects.revoked-in-future",
    message=_("The item would be revoked on %(day)s, but today is %(today)s."),
    remedy=_("Enter the day of the decision; set “valid to” when it only ends later."),
    status=422,
)
errors.define(
    "projects.field-unknown",
    message=_("The field “%(field)s” cannot be corrected."),
    remedy=_("Use the form of the item."),
    status=422,
)
errors.define(
    "projects.person-needed",
    message=_("Only a person can decide this."),
    remedy=_("Sign in with a clerk's account and answer it in the queue."),
    status=403,
)
errors.define(
    "projects.source-missing",
    message=_("The row names no source, and no notice is attached to the list."),
    remedy=_("Fill in the title of the published page, or attach the notice to the import."),
    status=422,
)
errors.define(
    "projects.lists-unreadable",
    message=_("Line %(line)s does not name a kind, an area and a total in digits: %(given)s"),
    remedy=_("Write kind, area, published total and by whose word, with commas between them."),
    status=422,
)
errors.define(
    "projects.evidence-listed",
    message=_("This evidence is already attached."),
    remedy=_("Nothing needs to be done."),
    status=409,
)


STAFF = (Role.BUREAU_CLERK, Role.BUREAU_LEAD)


def can_keep_register(actor: Actor) -> Verdict:
    """Allow bureau staff, and the system when it loads public lists."""
    if actor is None or any(holds_role(actor, role) for role in STAFF):
        return ALLOWED
    return refused("projects.not-your-register")


def can_change(recognition: Recognition) -> Verdict:
    if recognition.state == RecognitionState.RECOGNISED:
        return ALLOWED
    return refused("projects.not-recognised", name=recognition.name)


def can_hold(*, kind: str, name: str, level: str) -> Verdict:
    """Say whether the register may hold a row with these words."""
    if kind not in current_pack().kinds:
        return refused("projects.kind-unknown", kind=kind)
    if not name.strip():
        return refused("projects.name-empty")
    if level and level not in Level.values:
        return refused("projects.level-unknown", level=level, known=", ".join(Level.values))
    return ALLOWED


def can_be_valid(valid_from: date | None, valid_to: date | None) -> Verdict:
    if valid_from and valid_to and valid_to < valid_from:
        return refused(
            "projects.dates-reversed",
            valid_from=valid_from.isoformat(),
            valid_to=valid_to.isoformat(),
        )
    return ALLOWED


def can_be_announced(announced: str, *, earliest: date, today: date) -> Verdict:
    """Refuse a day that has not come; the present year or month may still be meant."""
    if earliest > today:
        return refused("projects.announced-in-future", announced=announced, today=today.isoformat())
    return ALLOWED


def can_be_asked(judgement: str, *, kind: str) -> Verdict:
    question = current_pack().judgements.get(judgement)
    if question is None or kind not in question.kinds:
        return refused("projects.question-unknown", question=judgement)
    return ALLOWED


def can_be_declared(as_of: date, *, today: date) -> Verdict:
    if as_of > today:
        return refused(
            "projects.declared-in-future", as_of=as_of.isoformat(), today=today.isoformat()
        )
    return ALLOWED


def can_declare_complete(*, declared: int | None, listed: int) -> Verdict:
    """Hold a list called complete against its published total."""
    if declared is None or declared == listed:
        return ALLOWED
    return refused("projects.total-contradicts", declared=declared, listed=listed)


def folded(text: str) -> str:
    """Fold widths, case and spaces, so that the same printed name compares equal."""
    return "".join(normalize("NFKC", text).casefold().split())


def natural_key(parts: Iterable[str]) -> str:
    """Digest kind, name, holder, batch and document: the same five are the same item."""
    return sha256("\x1f".join(folded(part) for part in parts).encode()).hexdigest()


def is_unnamed(name: str) -> bool:
    return name.startswith(UNNAMED_MARK)

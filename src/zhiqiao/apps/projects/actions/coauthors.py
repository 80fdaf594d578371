"""People of other bodies who write along: added and taken off by the applicant's clerk."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhiqiao.apps.accounts.queries import account_by_login
from zhiqiao.apps.projects.actions.beginning import refuse_closed
from zhiqiao.apps.projects.actions.moves import locked_application
from zhiqiao.apps.projects.models import Application, CoAuthor
from zhiqiao.apps.projects.rules import acts_for, can_apply_for, writes_along
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, require
from zhiqiao.core.errors import InputError
from zhiqiao.core.events import define_event, emit

COAUTHOR_ADDED = define_event("projects.coauthor_added", ["user"])


@transaction.atomic
def add_coauthor(application: Application, login: str, *, actor: Actor) -> CoAuthor:
    """Let a clerk of a school, firm or department write along, but not hand in.

    Whoever judges the application cannot. One refusal stands for every reason, so that nobody learns
    which logins there are, or whose.
    """
    require(can_apply_for(actor, application.applicant_id))
    row = locked_application(application)
    refuse_closed(row)
    person = account_by_login(login)
    is_sample = bool(getattr(actor, "is_demonstration", False))
    if person is None or person.is_demonstration != is_sample or not writes_along(person, row):
        raise InputError("projects.coauthor-unknown", login=login.strip()[:60])
    if acts_for(person, row.applicant_id):
        raise InputError("projects.coauthor-writes-already", login=person.login)
    try:
        with transaction.atomic():
            made = CoAuthor.objects.create(
                application=row,
                user=person,
                body_id=row.applicant_id,
                added_by_id=getattr(actor, "pk", None),
                added_at=timezone.now(),
            )
    except IntegrityError as error:
        raise InputError("projects.coauthor-writes-already", login=person.login) from error
    _record(row, "coauthor_added", person.pk, actor=actor)
    emit(COAUTHOR_ADDED, subject=row, actor=actor, user=person.pk)
    return made


@transaction.atomic
def remove_coauthor(application: Application, login: str, *, actor: Actor) -> None:
    require(can_apply_for(actor, application.applicant_id))
    row = locked_application(application)
    found = CoAuthor.objects.filter(application=row, user__login=login.strip()).first()
    if found is None:
        raise InputError("projects.coauthor-unknown", login=login.strip()[:60])
    person = found.user_id
    found.delete()
    _record(row, "coauthor_removed", person, actor=actor)


def _record(application: Application, verb: str, person: int, *, actor: Actor) -> None:
    verb, after = f"projects.application.{verb}", {"user": person}
    audit.record(actor=actor, verb=verb, subject=application, before=None, after=after)

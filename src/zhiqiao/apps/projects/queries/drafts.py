"""What stands around a draft: why it came back, which way it is handed in, and what is like it."""

from django.db.models import QuerySet

from zhiqiao.apps.accounts.queries import organisations_of
from zhiqiao.apps.projects.models import Application, Call, CoAuthor, Step
from zhiqiao.apps.projects.queries.calls import own_applications
from zhiqiao.apps.projects.queries.written import Written
from zhiqiao.apps.registry.queries import organisations_named
from zhiqiao.core.access import Actor
from zhiqiao.packs import Party, Phase


def returned_step(application: Application) -> Step | None:
    """Return the step that sent a draft back, with its reason; None where none did."""
    if application.phase != Phase.DRAFTING or application.handed_in_at is None:
        return None
    rows = Step.objects.filter(application=application, to_state=application.state, is_taken=True)
    return rows.select_related("asked_by").order_by("-id").first()


def hand_in_move(application: Application) -> str | None:
    """Name the move by which this kind of applicant hands in from here."""
    return _move_of_applicant(application, into=None)


def withdrawal_move(application: Application) -> str | None:
    return _move_of_applicant(application, into=Phase.WITHDRAWN)


def _move_of_applicant(application: Application, *, into: Phase | None) -> str | None:
    flow = application.call.rules.flow
    elsewhere = {Phase.DRAFTING, Phase.WITHDRAWN}
    if into is None and application.phase != Phase.DRAFTING:
        return None
    for name, move in flow.moves_from(
        application.state, applicant=application.applicant.kind
    ).items():
        phase = flow.states[move.to].phase
        if move.by is Party.APPLICANT and (phase is into if into else phase not in elsewhere):
            return name
    return None


def own_in_call(user: Actor, call: Call) -> QuerySet[Application]:
    """Return what the person's bodies have in the call already."""
    return own_applications(user).filter(call=call).exclude(phase=Phase.WITHDRAWN)


def own_to_copy(user: Actor, call: Call) -> QuerySet[Application]:
    """Return what the person's bodies applied for in other calls, to begin from."""
    rows = own_applications(user).filter(applicant__in=organisations_of(user)).exclude(call=call)
    return rows.filter(call__provenance=call.provenance).exclude(phase=Phase.WITHDRAWN)


def coauthors_of(application: Application) -> QuerySet[CoAuthor]:
    return CoAuthor.objects.filter(application=application).select_related("user", "added_by")


def names_alike(written: Written, section: str) -> dict[str, list[tuple[str, str]]]:
    """Return, for each named body that is not matched, the bodies of the register of like names."""
    fields = written.lifecycle.fields_of(section)
    rows = (row for name in fields for row in written.bodies.get(name, ()))
    texts = {row.text for row in rows if row.organisation_id is None}
    matches = organisations_named(texts) if texts else {}
    return {
        text: [(str(one.uid), one.name) for one in match.candidates]
        for text, match in matches.items()
    }

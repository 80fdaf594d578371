"""Who is let through to which row, said in Python, to hold against the policies in SQL."""

from typing import NamedTuple

from zhiqiao.apps.accounts.models import ApiToken, Membership
from zhiqiao.apps.people.models import Expert, Person
from zhiqiao.apps.plan.models import TaskPart
from zhiqiao.apps.projects.choices import PUBLIC_PHASES

STAFF = {"clerk", "lead"}
OF_REGISTER = {"projects.recognition", "projects.judgement", "projects.listdeclaration"}


class Who(NamedTuple):
    name: str
    person: int | None
    bodies: set[int]


def is_about(row, person):
    """Say whether a line is about the account of the person, a role of it or a token of it."""
    if row.subject_type == "accounts.membership":
        return Membership.objects.filter(pk=row.subject_id, user=person).exists()
    if row.subject_type == "accounts.apitoken":
        return ApiToken.objects.filter(pk=row.subject_id, owner=person).exists()
    return row.subject_type == "accounts.user" and row.subject_id == person


def takes_part(task_id, bodies):
    return TaskPart.objects.filter(task_id=task_id, organisation__in=bodies).exists()


def is_own(candidate, who):
    return candidate.account_id is not None and candidate.account_id == who.person


def is_sent(candidate, who):
    return candidate.sent_files.filter(closed_at=None, school__in=who.bodies).exists()


def is_in_the_matter(row, who):
    """Say whether a row is the bureau's, the candidate's own or one of the school's programme."""
    return who.name in STAFF or is_own(row.candidate, who) or row.line.school_id in who.bodies


def is_let_to_file(file, who):
    own = file.account_id is not None and file.account_id == who.person
    return who.name in STAFF or own or file.keeper_id in who.bodies


def is_let_to_person(person, who):
    """Say whether a file is let through: also to schools to which a candidacy is sent or from which it comes."""
    known = any(
        is_sent(candidate, who) or candidate.school_id in who.bodies
        for candidate in person.candidacies.all()
    )
    return is_let_to_file(person, who) or known


def is_written_by(application, who):
    along = application.coauthors.filter(user=who.person).exists()
    return application.applicant_id in who.bodies or along


def is_let_to_content(application, who):
    is_near = who.name in STAFF or application.recommender_id in who.bodies
    return is_near or is_written_by(application, who)


def is_reviewer_of(application, who, states, **more):
    own = application.reviews.filter(expert__person__account=who.person, state__in=states, **more)
    return who.person is not None and own.exists()


def is_reviewed_by(application, who):
    return is_reviewer_of(application, who, ["accepted", "handed-in"], contested_at=None)


def is_known_to(application, who):
    """Say whether the head is let through: also to experts who must say whether they are partial."""
    asked = is_reviewer_of(application, who, ["asked", "accepted", "handed-in", "set-aside"])
    return application.phase in PUBLIC_PHASES or asked or is_let_to_content(application, who)


def is_read_by(application, who):
    return is_let_to_content(application, who) or is_reviewed_by(application, who)


def is_let_to_contract(contract, who):
    schools = {contract.school_id, contract.receiving_id}
    return who.name in STAFF or contract.state != "draft" or bool(schools & who.bodies)


def is_let_to_member(member, who):
    """Say whether a member is let through: to the bureau, the first school and the person."""
    own = member.person.account_id is not None and member.person.account_id == who.person
    return who.name in STAFF or own or member.cohort.contract.school_id in who.bodies


def is_let_to_expert(expert, who):
    account = expert.person.account_id
    return who.name in STAFF or (account is not None and account == who.person)


def is_let_to_review(review, who):
    own = is_let_to_expert(review.expert, who) and review.state != "proposed"
    return who.name in STAFF or own


def is_of_bureau(_row, who):
    return who.name in STAFF


def is_of_builder(application, who):
    own = application.applicant_id in who.bodies
    return who.name in STAFF or own or application.coauthors.filter(user=who.person).exists()


RULES = {
    "projects_projectobjection": lambda row, who: (
        who.name in STAFF or (who.person is not None and row.filed_by_id == who.person)
    ),
    "projects_certificate": lambda row, who: is_of_builder(row.application, who),
    "projects_buildtask": lambda row, who: is_of_builder(row.application, who),
    "projects_buildreport": lambda row, who: is_of_builder(row.application, who),
    "projects_reportfile": lambda row, who: is_of_builder(row.report.application, who),
    "projects_buildchange": lambda row, who: is_of_builder(row.application, who),
    "projects_buildwarning": lambda row, who: is_of_builder(row.application, who),
    "projects_acceptancereview": lambda row, who: is_of_builder(row.application, who),
    "people_expert": is_let_to_expert,
    "people_experttie": lambda row, who: is_let_to_expert(row.expert, who),
    "projects_draw": is_of_bureau,
    "projects_review": is_let_to_review,
    "projects_reviewdecision": is_of_bureau,
    "projects_conflict": is_of_bureau,
    "projects_panel": is_of_bureau,
    "projects_panelseat": is_of_bureau,
    "projects_panelitem": is_of_bureau,
    "projects_visit": is_of_bureau,
    "projects_standing": is_of_bureau,
    "projects_scoring": is_of_bureau,
    "projects_reviewflag": is_of_bureau,
    "core_importbatch": lambda row, who: row.opened_by_id == who.person,
    "portal_notice": lambda row, who: row.recipient_id == who.person or who.name == "sysadmin",
    "portal_noticewish": lambda row, who: row.user_id == who.person,
    "portal_noticehours": lambda row, who: row.user_id == who.person,
    "portal_dispatch": lambda row, who: row.notice.recipient_id == who.person or who.name == "sysadmin",
    "plan_task": lambda row, who: who.name in STAFF or takes_part(row.pk, who.bodies),
    "plan_taskpart": lambda row, who: who.name in STAFF or takes_part(row.task_id, who.bodies),
    "plan_progressreport": lambda row, who: who.name in STAFF or takes_part(row.part.task_id, who.bodies),
    "plan_reportevidence": lambda row, who: (
        who.name in STAFF or takes_part(row.report.part.task_id, who.bodies)
    ),
    "plan_supervision": lambda row, who: who.name in STAFF or row.part.organisation_id in who.bodies,
    "plan_sideview": lambda row, who: who.name in STAFF or takes_part(row.task_id, who.bodies),
    "people_person": is_let_to_person,
    "people_guardian": lambda row, who: is_let_to_file(row.person, who),
    "people_consent": lambda row, who: is_let_to_file(row.person, who),
    "admissions_placeline": lambda row, who: (
        who.name in STAFF or row.school_id in who.bodies or row.state == "approved"
    ),
    "admissions_candidate": lambda row, who: (
        who.name in STAFF or is_own(row, who) or row.school_id in who.bodies or is_sent(row, who)
    ),
    "admissions_sentfile": lambda row, who: who.name in STAFF or row.school_id in who.bodies,
    "admissions_scoresheet": lambda row, who: (
        who.name in STAFF or is_own(row.candidate, who) or is_sent(row.candidate, who)
    ),
    "admissions_privilege": lambda row, who: (
        who.name in STAFF or is_own(row.candidate, who) or row.candidate.school_id in who.bodies
    ),
    "admissions_objection": lambda row, who: who.name in STAFF or row.filed_by_id == who.person,
    "admissions_recheck": lambda row, who: who.name in STAFF or is_own(row.candidate, who),
    "admissions_letter": is_in_the_matter,
    "admissions_choicelist": lambda row, who: is_own(row.candidate, who),
    "admissions_choicechange": lambda row, who: is_own(row.candidate, who),
    "admissions_assistedchoices": lambda row, who: who.name in STAFF or is_own(row.candidate, who),
    "admissions_closuretrial": lambda _row, who: who.name in STAFF,
    "admissions_run": lambda row, who: who.name in STAFF or row.published_at is not None,
    "admissions_runline": lambda row, who: who.name in STAFF or row.run.published_at is not None,
    "admissions_result": is_in_the_matter,
    "admissions_strikeout": is_in_the_matter,
    "admissions_answer": is_in_the_matter,
    "admissions_enrolment": is_in_the_matter,
    "admissions_pathwaycontract": is_let_to_contract,
    "admissions_pathwaygate": lambda row, who: is_let_to_contract(row.contract, who),
    "admissions_cohort": lambda row, who: is_let_to_contract(row.contract, who),
    "admissions_cohortmember": is_let_to_member,
    "admissions_gateresult": lambda row, who: is_let_to_member(row.member, who),
    "admissions_appeal": lambda row, who: who.name in STAFF or is_own(row.candidate, who),
    "projects_call": lambda row, who: who.name in STAFF or row.state != "draft",
    "projects_callextension": lambda row, who: (
        who.name in STAFF or row.organisation_id is None or row.organisation_id in who.bodies
    ),
    "projects_application": is_known_to,
    **dict.fromkeys(
        ["projects_content", "projects_applicationfile"],
        lambda row, who: is_read_by(row.application, who),
    ),
    **dict.fromkeys(
        ["projects_namedperson", "projects_namedbody"],
        lambda row, who: is_let_to_content(row.application, who),
    ),
    "projects_step": lambda row, who: (
        who.name in STAFF
        or is_written_by(row.application, who)
        or row.application.recommender_id in who.bodies
    ),
    "projects_checkanswer": is_of_bureau,
    "projects_coauthor": lambda row, who: (
        who.name in STAFF or row.user_id == who.person or row.body_id in who.bodies
    ),
    "projects_unsuitableexpert": lambda row, who: who.name in STAFF or is_written_by(row.application, who),
    "accounts_usedpassword": lambda _row, _who: False,
    "accounts_invitation": lambda _row, who: who.name in {"sysadmin", "secadmin"},
    "core_auditentry": lambda row, who: (
        (who.person is not None and row.actor_id == who.person)
        or is_about(row, who.person)
        or who.name == "audit"
        or row.subject_type.split(".")[0] == "registry"
        or row.subject_type in OF_REGISTER
        or (row.subject_type.split(".")[0] == "projects" and who.name in STAFF)
        or (row.subject_type == "people.expert"
            and is_let_to_expert(Expert.objects.get(pk=row.subject_id), who))
        or row.subject_type == "admissions.season"
        or (row.subject_type == "people.person"
            and is_let_to_person(Person.objects.get(pk=row.subject_id), who))
        or (row.subject_type.startswith("plan.") and who.person is not None)
        or (row.subject_type.startswith("accounts.") and who.name in {"sysadmin", "secadmin"})
    ),
}  # fmt: skip

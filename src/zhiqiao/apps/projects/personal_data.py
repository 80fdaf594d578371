"""What the registers keep about people."""

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.personal_data import Kept, declare

GROUND = _("Needed for a public duty (Personal Information Protection Law, article 13)")

declare(
    Kept(
        name="projects.1-holders",
        people=_("People named in published lists of recognised items"),
        what=_("The name as the list gives it, with the item and the organisation"),
        purpose=_("To count and to show what was recognised"),
        ground=_("Published by an authority (Personal Information Protection Law, article 27)"),
        period=_("As long as the register"),
        readers=_("Everybody"),
        protection=_("Nothing beyond the published list is kept"),
        columns={
            "projects.recognition": (
                "name",
                "holder_text",
                "remark",
                "name_key",
                "search_text",
                "natural_key",
            ),
            "projects.recognitionpartner": ("text",),
        },
    ),
    Kept(
        name="projects.2-decisions",
        people=_("Staff who decide about records"),
        what=_("Who decided or declared what, and when"),
        purpose=_("To say who answers for a figure"),
        ground=GROUND,
        period=_("As long as the register"),
        readers=_("The bureau"),
        protection=_("Shown by name to signed-in staff alone"),
        columns={
            "projects.judgement": ("decided_by", "decided_at", "reason"),
            "projects.listdeclaration": ("declared_by", "declared_at"),
        },
    ),
    Kept(
        name="projects.3-applications",
        people=_("People named in applications, their co-authors and the experts they do not want"),
        what=_(
            "Name, part in the project, employer, a digest of the identity number, and what the application says"
        ),
        purpose=_("To judge an application and to find conflicts of interest"),
        ground=GROUND,
        period=_("As long as the record of the call"),
        readers=_(
            "The applicant, the recommending body and the bureau; a reviewer only where the review is open"
        ),
        protection=_(
            "The identity number itself is not kept; blind reviewers see no names; the database holds back what is of other applicants"
        ),
        columns={
            "projects.content": ("answers", "declared"),
            "projects.application": ("title", "name_key", "search_text", "begun_by"),
            "projects.namedperson": (
                "name",
                "part",
                "employer",
                "employer_text",
                "identity_index",
                "identity_hint",
            ),
            "projects.applicationfile": ("file", "blind_copy", "added_by"),
            "projects.coauthor": ("user", "added_by"),
            "projects.unsuitableexpert": ("name", "employer_text", "reason"),
        },
    ),
    Kept(
        name="projects.4-reviews",
        people=_("Experts who review, sit on panels or are in conflict"),
        what=_("What they were asked, marked, wrote and refused, conflicts, attendance and fees"),
        purpose=_("To select by judgement of experts who are not partial"),
        ground=GROUND,
        period=_("As long as the record of the call"),
        readers=_("The bureau, and of a review the expert who wrote it"),
        protection=_("Applicants are never told who reviewed; the database holds reviews back"),
        columns={
            "projects.review": (
                "expert",
                "marks",
                "eliminated",
                "words",
                "total",
                "refusal",
                "reason",
                "accepted_at",
                "names_shown_at",
                "contested_at",
                "seen_at",
                "opened_at",
                "seconds_read",
            ),
            "projects.reviewdecision": ("sets_aside", "reason", "asked_by", "signed_by"),
            "projects.reviewflag": ("kind", "figure"),
            "projects.conflict": ("expert", "kind", "words", "entered_by"),
            "projects.panelseat": ("expert", "is_chair", "was_present", "fee_cny"),
            "projects.visit": ("visitors", "report", "entered_by"),
        },
    ),
    Kept(
        name="projects.5-objections",
        people=_("People who object to an application on public notice"),
        what=_("Name, how to reach them, and what they object"),
        purpose=_("To hear them and to answer"),
        ground=GROUND,
        period=_("As long as the record of the call"),
        readers=_("The bureau, and the person"),
        protection=_("How to reach them is sealed; nobody else is told who objected"),
        columns={
            "projects.projectobjection": (
                "text",
                "name",
                "contact_sealed",
                "code",
                "filed_by",
                "answered_by",
            ),
        },
    ),
    Kept(
        name="projects.6-work",
        people=_("Staff of the bureau, applicants and recommending bodies"),
        what=_(
            "Who published, moved, signed, checked, proposed, reported or judged what, and when"
        ),
        purpose=_("To say who answers for a decision"),
        ground=GROUND,
        period=_("As long as the record of the call"),
        readers=_("The bureau; of a step also the applicant and the recommending body"),
        protection=_("Kept unchanged"),
        columns={
            "projects.call": ("made_by",),
            "projects.callextension": ("granted_by", "reason"),
            "projects.step": ("asked_by", "signed_by", "reason"),
            "projects.checkanswer": ("answered_by", "note"),
            "projects.draw": ("made_by",),
            "projects.standing": ("proposed_by", "grounds"),
            "projects.certificate": ("issued_by",),
            "projects.buildreport": ("handed_in_by", "judged_by", "findings"),
            "projects.buildchange": ("asked_by", "decided_by", "reason", "answer"),
            "projects.buildwarning": ("issued_by", "reason"),
            "projects.acceptancereview": ("judged_by", "findings"),
        },
    ),
)

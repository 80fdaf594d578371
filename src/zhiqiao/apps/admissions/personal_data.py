"""What admission keeps about people."""

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.personal_data import Kept, declare

GROUND = _("Needed for a public duty (Personal Information Protection Law, article 13)")

declare(
    Kept(
        name="admissions.1-candidates",
        people=_("Candidates"),
        what=_("Number, type, category, school, district, eligibility, privileges and codes"),
        purpose=_("To let those take part who may, and to know them again"),
        ground=GROUND,
        period=_("As long as the record of the season"),
        readers=_(
            "The bureau, the school of origin, schools to which the file is open, the candidate; of a privilege everybody reads name, sex, school, category and award while it is on notice"
        ),
        protection=_(
            "Codes are kept as digests; the database holds other schools' candidates back"
        ),
        columns={
            "admissions.candidate": (
                "person",
                "account",
                "number",
                "exam_type",
                "category",
                "school",
                "region",
                "contract",
                "eligibility",
                "reason",
                "code_hash",
                "message_hash",
                "choice_code",
                "locked_round",
            ),
            "admissions.privilege": (
                "candidate",
                "award",
                "evidence",
                "file",
                "decision",
                "decided_by",
            ),
            "admissions.objection": ("privilege", "text", "filed_by"),
            "admissions.sentfile": ("candidate", "school", "line"),
        },
        may_concern_minors=True,
    ),
    Kept(
        name="admissions.2-scores",
        people=_("Candidates"),
        what=_("Marks, results of other examinations, and the sums made of them"),
        purpose=_("To rank candidates by the published rules"),
        ground=GROUND,
        period=_("As long as the record of the season"),
        readers=_(
            "The bureau, the candidate, and schools to which the file is open; never the school of origin"
        ),
        protection=_(
            "No score stands in a public page, file or leaf; lowest scores of few people are kept back"
        ),
        columns={
            "admissions.scoresheet": (
                "candidate",
                "first",
                "second",
                "first_by",
                "second_by",
                "reported",
                "marks",
                "sums",
            ),
        },
        may_concern_minors=True,
    ),
    Kept(
        name="admissions.3-choices",
        people=_("Candidates"),
        what=_("The list of programmes and every change of it"),
        purpose=_("To allocate places as candidates wish"),
        ground=GROUND,
        period=_("As long as the record of the season"),
        readers=_("The candidate alone; the allocation reads it without showing it"),
        protection=_(
            "The database lets nobody else through, and every change needs the choice code"
        ),
        columns={
            "admissions.choicelist": ("candidate", "lines", "receipt", "changed_at", "locked_at"),
            "admissions.choicechange": ("candidate", "lines", "made_by", "second", "form", "at"),
            "admissions.assistedchoices": (
                "candidate",
                "lines",
                "form",
                "scan",
                "why",
                "asked_by",
                "confirmed_by",
                "refused_by",
                "refusal",
            ),
        },
        may_concern_minors=True,
    ),
    Kept(
        name="admissions.4-results",
        people=_("Candidates"),
        what=_(
            "Offer, reasons of every choice, answer, letter, strike-outs, re-checks and appeals"
        ),
        purpose=_("To tell candidates what was decided and why, and to hear them"),
        ground=GROUND,
        period=_("As long as the record of the season"),
        readers=_("The bureau, the candidate, and the school that admits"),
        protection=_(
            "Results are never changed; what is published names nobody, and a letter is found by its code alone"
        ),
        columns={
            "admissions.result": ("candidate", "line", "rank", "reasons"),
            "admissions.strikeout": ("candidate", "ground", "note", "asked_by", "decided_by"),
            "admissions.closuretrial": ("moves",),
            "admissions.answer": ("candidate", "line", "says", "at"),
            "admissions.appeal": ("candidate", "text", "answer", "answered_by"),
            "admissions.recheck": ("candidate", "text", "answer", "answered_by"),
            "admissions.letter": (
                "why_withdrawn",
                "candidate",
                "line",
                "number",
                "candidate_number",
                "name",
                "code",
                "issued_by",
            ),
        },
        may_concern_minors=True,
    ),
    Kept(
        name="admissions.5-enrolments",
        people=_("Admitted candidates"),
        what=_("Where they enrolled, and when"),
        purpose=_("To know who arrived, and to hand the file to the school that teaches them"),
        ground=GROUND,
        period=_("As long as the record of the season"),
        readers=_("The bureau, the candidate, and the school that admits"),
        protection=_("The database holds back what is of other schools"),
        columns={"admissions.enrolment": ("candidate", "line", "registered_by")},
        may_concern_minors=True,
    ),
    Kept(
        name="admissions.6-pathways",
        people=_("Learners on an articulated pathway"),
        what=_(
            "The cohort, when they entered and left and why, and what they came to at the gates"
        ),
        purpose=_("To let those go on who pass, and never to count silence as a failure"),
        ground=GROUND,
        period=_("As long as the contract and its cohorts are on record"),
        readers=_("The bureau, the first school, and the learner"),
        protection=_("Only how many entered is public; the database holds the persons back"),
        columns={
            "admissions.cohortmember": ("cohort", "person", "entered_on", "left_on", "why_left"),
            "admissions.gateresult": ("member", "gate", "outcome", "entered_by"),
        },
        may_concern_minors=True,
    ),
    Kept(
        name="admissions.7-work",
        people=_("Staff who plan places and run a season"),
        what=_("Who asked for a step, signed it, approved places or extended a window"),
        purpose=_("To say who answers for a decision"),
        ground=GROUND,
        period=_("As long as the record of the season"),
        readers=_("Everybody"),
        protection=_("Kept unchanged"),
        columns={
            "admissions.seasonstep": ("asked_by", "signed_by", "reason"),
            "admissions.placeflow": ("approved_by",),
            "admissions.closuretrial": ("asked_by",),
            "admissions.windowextension": ("granted_by", "reason"),
        },
    ),
)

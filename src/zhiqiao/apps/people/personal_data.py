"""What the files of people hold."""

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.personal_data import Kept, declare

declare(
    Kept(
        name="people.1-files",
        people=_("Learners, and later teachers, experts and mentors"),
        what=_("Name, sex, day of birth, identity number, telephone, school and account"),
        purpose=_("To know one person as one, in every admission and every credit account"),
        ground=_("Needed for a public duty (Personal Information Protection Law, article 13)"),
        period=_("As long as a record hangs on the file"),
        readers=_(
            "The bureau, the school that keeps the file, and the person; the telephone also the gateway that sends codes by text message, where the installation names one"
        ),
        protection=_(
            "Number and telephone are sealed and shown masked; showing the number needs a reason and is logged; the database holds other schools' files back"
        ),
        columns={
            "people.person": (
                "name",
                "name_key",
                "search_text",
                "sex",
                "born_on",
                "identity_sealed",
                "identity_index",
                "identity_hint",
                "phone_sealed",
                "phone_hint",
                "keeper",
                "account",
                "merged_into",
            ),
        },
        may_concern_minors=True,
    ),
    Kept(
        name="people.2-guardians",
        people=_("Guardians of minors"),
        what=_("Name, relation, telephone, and what they agreed to"),
        purpose=_("To ask and tell those who answer for a minor"),
        ground=_("Consent of the guardian (Personal Information Protection Law, article 31)"),
        period=_("As long as the file of the child"),
        readers=_("The bureau, the school that keeps the child's file, and the child"),
        protection=_("Telephones are sealed and shown masked"),
        columns={
            "people.guardian": ("person", "name", "relation", "phone_sealed", "phone_hint"),
            "people.consent": ("person", "purpose", "guardian", "given_at", "withdrawn_at"),
        },
        may_concern_minors=True,
    ),
    Kept(
        name="people.3-experts",
        people=_("Experts"),
        what=_(
            "Where they come from, employer, title, fields, how much they take on, and ties that may make them partial"
        ),
        purpose=_("To ask the right people to judge, and never somebody who is partial"),
        ground=_("Consent of the person (Personal Information Protection Law, article 13)"),
        period=_("As long as the person is an expert, and as the calls in which the person judged"),
        readers=_("The bureau, and the person"),
        protection=_("Never shown to applicants or the public; the database holds them back"),
        columns={
            "people.expert": (
                "person",
                "category",
                "title",
                "employer",
                "employer_text",
                "region",
                "fields",
                "topics",
                "most_reviews",
            ),
            "people.experttie": (
                "expert",
                "kind",
                "organisation",
                "identity_index",
                "words",
                "from_on",
                "until_on",
                "declared_by",
            ),
        },
    ),
)

"""What can be proved about data of people in one year; counts, and nobody's data."""

from collections.abc import Iterator
from datetime import date, datetime, time

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from zhiqiao.apps.accounts.queries import accounts_by_role
from zhiqiao.apps.portal.choices import VERBS
from zhiqiao.core.audit import verify_seals
from zhiqiao.core.dates import region_zone, today
from zhiqiao.core.exports import ExportColumn, Sheet
from zhiqiao.core.models import AuditEntry, AuditSeal
from zhiqiao.core.personal_data import register_of_personal_data
from zhiqiao.core.row_security import protected_models

WIDE = 60
ABOUT_PEOPLE = ("accounts.", "portal.minors_evidence.")


def register_columns() -> list[ExportColumn]:
    titles = (
        _("About whom"), _("What"), _("What for"), _("Legal ground (not yet checked)"),
        _("How long"), _("Who reads it"), _("Protection"), _("Concerns minors"), _("Records"),
        _("Tables and columns"),
    )  # fmt: skip
    return [ExportColumn(title, 30) for title in titles]


def register_rows() -> Iterator[tuple[object, ...]]:
    for kind in register_of_personal_data():
        minors = _("possibly") if kind.may_concern_minors else _("no")
        where = "; ".join(f"{table}: {', '.join(names)}" for table, names in kind.columns.items())
        yield (
            kind.people, kind.what, kind.purpose, kind.ground, kind.period, kind.readers,
            kind.protection, minors, kind.records, where,
        )  # fmt: skip


def evidence_sheets(year: int) -> list[Sheet]:
    """Give the sheets of the workbook for one calendar year."""
    return [
        Sheet(_("Summary"), [ExportColumn(_("Point"), 40), ExportColumn(_("State"), WIDE)], _summary(year)),
        Sheet(_("Register"), register_columns(), register_rows()),
        Sheet(_("Looks and changes"), _heads(), _work_by_month(year)),
        Sheet(_("Accounts"), [_("Role"), _("Accounts"), _("With a second factor")], accounts_by_role()),
        Sheet(_("Gaps"), [ExportColumn(_("Point"), 40), ExportColumn(_("What is missing"), WIDE)], _gaps()),
    ]  # fmt: skip


def _summary(year: int) -> Iterator[tuple[object, object]]:
    minors = sum(kind.records for kind in register_of_personal_data() if kind.may_concern_minors)
    sealed = AuditSeal.objects.filter(sealed_at__range=_bounds(year)).count()
    yield _("Year of the audit"), year
    yield _("Made on"), today()
    yield _("Pack"), str(settings.ZHIQIAO_PACK)
    yield _("Records that may concern minors"), minors
    yield _("Seals of the audit trail in that year"), sealed
    yield _("Faults found in the whole audit trail"), len(verify_seals())
    yield _("Profile of sign-in"), settings.ZHIQIAO_SIGN_IN.name
    yield _("Tables under row-level security"), sum(1 for _one in protected_models())


def _heads() -> list[ExportColumn]:
    return [
        ExportColumn(_("Month")),
        ExportColumn(_("What was seen or done"), WIDE),
        ExportColumn(_("Times")),
        ExportColumn(_("By how many people")),
    ]


def _work_by_month(year: int) -> Iterator[tuple[object, ...]]:
    """Count what was seen and done with accounts, month by month; months of the region's clock."""
    rows = (
        AuditEntry.objects.filter(
            at__range=_bounds(year), verb__regex="^(accounts|portal[.]minors)"
        )
        .annotate(month=TruncMonth("at", tzinfo=region_zone()))
        .values_list("month", "verb")
        .annotate(times=Count("id"), people=Count("actor", distinct=True))
        .order_by("month", "verb")
    )
    for month, verb, times, people in rows:
        yield f"{month:%Y-%m}", VERBS.get(verb, verb), times, people


def _gaps() -> list[tuple[str, str]]:
    return [
        (
            _("Age"),
            _(
                "No date of birth is kept, so that no count of minors or of children under 14 exists."
            ),
        ),
        (
            _("Guardians and consent"),
            _("No learner is kept yet, and so no guardian and no consent."),
        ),
        (
            _("Legal grounds"),
            _("The grounds in the register have not been held against the text of the law."),
        ),
        (
            _("Deletion"),
            _(
                "Ended sessions and old invitations are forgotten by the clock; notices and jobs are not."
            ),
        ),
        (
            _("Outside of this platform"),
            _("Paper, other systems and what people saved from exports are not part of this."),
        ),
    ]


def _bounds(year: int) -> tuple[datetime, datetime]:
    zone = region_zone()
    first = datetime.combine(date(year, 1, 1), time.min, tzinfo=zone)
    return first, datetime.combine(date(year, 12, 31), time.max, tzinfo=zone)

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import Role
from zhiqiao.apps.admissions.choices import FlowKind, RequestState
from zhiqiao.apps.admissions.models.seasons import Season
from zhiqiao.core.audit_triggers import append_only
from zhiqiao.core.models_base import Identified
from zhiqiao.core.row_security import any_of, has_role, is_body

OF_STAFF = has_role([Role.BUREAU_CLERK, Role.BUREAU_LEAD])

# Places exist only as the sum of their flows; the constraint on the line refuses a negative sum.
_BOOK = """
    UPDATE admissions_placeline SET places = places + NEW.number WHERE id = NEW.to_line_id;
    UPDATE admissions_placeline SET places = places - NEW.number WHERE id = NEW.from_line_id;
    RETURN NULL;
"""
_GUARD = """
    IF pg_trigger_depth() = 1 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation',
            CONSTRAINT = 'place_line_changes_by_flows',
            MESSAGE = 'place_line_changes_by_flows: places change by flows of the ledger alone';
    END IF;
    RETURN NEW;
"""


class PlaceLine(Identified):
    """A programme of a school in a season: what the school asks for and how many places it has.

    ``places`` is the sum of the flows of the ledger, kept by a trigger; nothing else changes it. The
    level of education is that of the batch. With a contract it is open to candidates of that pathway
    alone.
    """

    row_security = any_of(OF_STAFF, is_body("school_id"), "state = 'approved'")

    season = models.ForeignKey(Season, models.PROTECT, related_name="lines")
    school = models.ForeignKey(
        "registry.Organisation",
        models.PROTECT,
        related_name="place_lines",
        verbose_name=_("school"),
    )
    code = models.CharField(_("programme code"), max_length=20)
    major_code = models.CharField(_("code of the major"), max_length=10, blank=True)
    major = models.CharField(_("major"), max_length=100)
    batch = models.CharField(_("batch"), max_length=64)
    exam_type = models.CharField(_("exam type"), max_length=64)
    category = models.CharField(_("category of majors"), max_length=64)
    pathway = models.CharField(_("pathway"), max_length=64, default="direct")
    contract = models.ForeignKey(
        "admissions.PathwayContract",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
        verbose_name=_("only for the pathway"),
    )
    region = models.ForeignKey(
        "registry.Region",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only for candidates of"),
    )
    requested = models.PositiveIntegerField(_("places asked for"))
    places = models.PositiveIntegerField(_("places"), default=0, editable=False)
    minimum = models.PositiveIntegerField(_("smallest class"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=9, choices=RequestState.choices, default=RequestState.DRAFT
    )
    note = models.TextField(_("note of the school"), blank=True)
    reply = models.TextField(_("reply of the bureau"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("programme with places")
        verbose_name_plural = _("programmes with places")
        ordering = ["season_id", "code"]
        indexes = [
            models.Index(name="place_line_of_school", fields=["school", "season"]),
            models.Index(name="place_line_listed", fields=["season", "batch", "code"]),
        ]
        constraints = [
            models.UniqueConstraint(name="place_line_code_once", fields=["season", "code"]),
            models.CheckConstraint(
                name="place_line_state_is_known", condition=Q(state__in=RequestState.values)
            ),
            models.CheckConstraint(
                name="place_line_has_places_only_when_approved",
                condition=Q(state=RequestState.APPROVED) | Q(places=0),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="place_line_changes_by_flows",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("places"),  # type: ignore[no-untyped-call] # the library gives no types
                condition=pgtrigger.Q(old__places__df=pgtrigger.F("new__places")),
                func=_GUARD,
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.major}"

    def get_absolute_url(self) -> str:
        return reverse("admissions:line", args=[self.uid])


class PlaceFlow(Identified):
    """A number of places that came to a programme, left it, or went from one to another.

    An empty side is the approved total of the season. Every flow names the approval and the rule
    that allowed it; flows are never changed.
    """

    season = models.ForeignKey(Season, models.PROTECT, related_name="flows")
    kind = models.CharField(_("kind"), max_length=8, choices=FlowKind.choices)
    from_line = models.ForeignKey(
        PlaceLine, models.PROTECT, null=True, related_name="outflows", verbose_name=_("from")
    )
    to_line = models.ForeignKey(
        PlaceLine, models.PROTECT, null=True, related_name="inflows", verbose_name=_("to")
    )
    number = models.PositiveIntegerField(_("number of places"))
    round = models.PositiveSmallIntegerField(_("round"))
    approval = models.CharField(_("approval"), max_length=200)
    rule = models.CharField(_("rule"), max_length=64)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    booked_at = models.DateTimeField(_("booked at"))

    class Meta:
        verbose_name = _("flow of places")
        verbose_name_plural = _("flows of places")
        ordering = ["season_id", "id"]
        constraints = [
            models.CheckConstraint(name="place_flow_moves_something", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="place_flow_sides_fit_its_kind",
                condition=Q(
                    kind__in=[FlowKind.GRANT, FlowKind.INCREASE],
                    from_line__isnull=True,
                    to_line__isnull=False,
                )
                | Q(kind=FlowKind.DECREASE, from_line__isnull=False, to_line__isnull=True)
                | (
                    Q(kind=FlowKind.MOVE, from_line__isnull=False, to_line__isnull=False)
                    & ~Q(from_line=models.F("to_line"))
                ),
            ),
            models.CheckConstraint(name="place_flow_is_approved", condition=~Q(approval="")),
        ]
        triggers = [
            *append_only("place_flow"),
            pgtrigger.Trigger(
                name="place_flow_books",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=_BOOK,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class ControlLine(models.Model):
    """The least that a candidate of a type and category must have in one score, for a batch."""

    season = models.ForeignKey(Season, models.PROTECT, related_name="control_lines")
    batch = models.CharField(_("batch"), max_length=64)
    exam_type = models.CharField(_("exam type"), max_length=64)
    category = models.CharField(_("category of majors"), max_length=64)
    score = models.CharField(_("score"), max_length=64)
    least = models.DecimalField(_("control line"), max_digits=7, decimal_places=2)

    class Meta:
        verbose_name = _("control line")
        verbose_name_plural = _("control lines")
        ordering = ["season_id", "batch", "exam_type", "category", "score"]
        constraints = [
            models.UniqueConstraint(
                name="control_line_once",
                fields=["season", "batch", "exam_type", "category", "score"],
            ),
            models.CheckConstraint(name="control_line_from_zero", condition=Q(least__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.batch}/{self.exam_type}/{self.category} {self.score} {self.least}"

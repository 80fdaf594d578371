"""What clerks fill in. Rules live in `rules.py`; forms only read and keep what was typed."""

from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.actions import NO, YES
from zhiqiao.apps.projects.choices import DeclaredState, Level
from zhiqiao.apps.projects.models import Recognition
from zhiqiao.apps.registry.queries import regions_visible_to
from zhiqiao.core.errors import InputError
from zhiqiao.core.policy import current_pack
from zhiqiao.core.values import PartialDate

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def kind_choices() -> list[tuple[str, str]]:
    language = get_language() or "zh-hans"
    return [(kind.id, kind.title.in_language(language)) for kind in current_pack().kinds.values()]


def reason_field(help_text: "StrOrPromise | None" = None) -> forms.CharField:
    return forms.CharField(
        label=_("Your reason"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One sentence that others can follow later.")
        if help_text is None
        else help_text,
    )


class VersionedForm(forms.Form):
    """A form that remembers which version of the row the person had in view."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class CorrectionForm(VersionedForm):
    kind = forms.ChoiceField(label=_("Kind of item"), choices=kind_choices)
    name = forms.CharField(label=_("Name of the item"), max_length=300)
    name_filed = forms.BooleanField(label=_("The source prints this name"), required=False)
    level = forms.ChoiceField(
        label=_("Level"),
        required=False,
        choices=[("", _("Not stated by the source")), *Level.choices],
    )
    batch = forms.CharField(label=_("Batch or year"), max_length=200, required=False)
    document = forms.CharField(label=_("Document"), max_length=300, required=False)
    announced = forms.CharField(
        label=_("Announced"),
        max_length=10,
        required=False,
        help_text=_("A year, a month or a day, as exact as the source says: 2023-05-16."),
    )
    area = forms.ModelChoiceField(
        label=_("Area"), queryset=regions_visible_to(None).none(), empty_label=None
    )
    holder_text = forms.CharField(
        label=_("Holder as printed"),
        max_length=300,
        required=False,
        help_text=_("Leave empty when the source does not say; it is then to be filed."),
    )
    partners = forms.CharField(
        label=_("Partners"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One body on each line."),
    )
    valid_from = forms.DateField(label=_("Valid from"), required=False, widget=DAY)
    valid_to = forms.DateField(label=_("Valid to"), required=False, widget=DAY)
    remark = forms.CharField(
        label=_("Remark"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    reason = reason_field()

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # passed on as given
        self.fields["area"].queryset = regions_visible_to(None).order_by("path")  # type: ignore[attr-defined] # a model choice

    def clean_announced(self) -> str:
        given = self.cleaned_data["announced"].strip()
        if not given:
            return ""
        try:
            return str(PartialDate.parse(given))
        except InputError as error:
            raise forms.ValidationError(f"{error.message} {error.remedy}") from error

    def changes(self) -> dict[str, object]:
        """Return the fields as the action expects them."""
        given = dict(self.cleaned_data)
        for own in ("reason", "version"):
            given.pop(own)
        given["area_id"] = given.pop("area").pk
        given["partners"] = [line for line in given["partners"].splitlines() if line.strip()]
        return given


def correction_of(recognition: Recognition) -> dict[str, object]:
    """Return the present values of a row as a correction form shows them."""
    partners = recognition.partners.order_by("position").values_list("text", flat=True)
    shown = (
        "kind",
        "name",
        "name_filed",
        "level",
        "batch",
        "document",
        "announced",
        "holder_text",
        "valid_from",
        "valid_to",
        "remark",
        "version",
    )
    return {
        **{name: getattr(recognition, name) for name in shown},
        "area": recognition.area_id,
        "partners": "\n".join(partners),
    }


class RevocationForm(VersionedForm):
    REVOKE = "revoke"
    WITHDRAW = "withdraw"

    ending = forms.ChoiceField(
        label=_("What happened"),
        widget=forms.RadioSelect,
        choices=[
            (REVOKE, _("The recognition was revoked on a day; earlier figures keep counting it")),
            (WITHDRAW, _("It was entered by mistake; no figure counts it")),
        ],
    )
    ended_on = forms.DateField(label=_("Revoked on"), required=False, widget=DAY)
    reason = reason_field()

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if given.get("ending") == self.REVOKE and not given.get("ended_on"):
            self.add_error("ended_on", _("Enter the day of the revocation."))
        return given


class MatchForm(VersionedForm):
    organisation = forms.UUIDField(widget=forms.HiddenInput)
    reason = reason_field(_("For example: named so in the notice; renamed in 2024."))


class EvidenceForm(VersionedForm):
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("The notice or another proof, kept with its hash."),
    )
    title = forms.CharField(label=_("Title of the page"), max_length=300, required=False)
    url = forms.URLField(
        label=_("Address of the page"), max_length=1000, required=False, assume_scheme="https"
    )
    read_on = forms.DateField(label=_("Read on"), required=False, widget=DAY)
    reason = reason_field(_("What the evidence shows."))

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if bool(given.get("file")) == bool(given.get("title")):
            raise forms.ValidationError(_("Give either a file or the title of a page."))
        return given


class JudgementForm(VersionedForm):
    answer = forms.ChoiceField(
        label=_("Your answer"),
        widget=forms.RadioSelect,
        choices=[(YES, _("Yes, it counts")), (NO, _("No, it does not count"))],
    )
    reason = reason_field()


class LevelForm(VersionedForm):
    answer = forms.ChoiceField(label=_("Level"), widget=forms.RadioSelect, choices=Level.choices)
    reason = reason_field(_("Name the notice or the office that confirms the level."))


class UidListField(forms.Field):
    """The rows that were ticked in a list."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: object) -> list[UUID]:
        given = value if isinstance(value, list) else []
        try:
            return [UUID(str(one)) for one in given]
        except ValueError as error:
            raise forms.ValidationError(_("The list of rows cannot be read.")) from error


class SeveralForm(forms.Form):
    """One answer and one reason for several rows of the queue."""

    property = forms.CharField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        choices=[
            (YES, _("Yes, they count")),
            (NO, _("No, they do not count")),
            *Level.choices,
        ]
    )
    rows = UidListField(label=_("Rows"), error_messages={"required": _("Tick at least one row.")})
    reason = reason_field()


class DeclarationForm(forms.Form):
    state = forms.ChoiceField(
        label=_("How complete is the list"),
        widget=forms.RadioSelect,
        choices=[
            (DeclaredState.COMPLETE, _("Complete: every recognised item is in the register")),
            (DeclaredState.PARTIAL, _("Partial: there may be more items")),
        ],
    )
    area = forms.ModelChoiceField(
        label=_("Area"), queryset=regions_visible_to(None).none(), empty_label=None
    )
    as_of = forms.DateField(label=_("As of"), widget=DAY)
    declared_total = forms.IntegerField(
        label=_("Published total"),
        required=False,
        min_value=0,
        help_text=_("When a total was published, a complete list must have as many rows."),
    )
    basis = forms.CharField(
        label=_("By whose word"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The notice, the office or the publication that this rests on."),
    )
    seen_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # passed on as given
        self.fields["area"].queryset = (  # type: ignore[attr-defined] # a model choice
            regions_visible_to(None).filter(code__isnull=False).order_by("path")
        )

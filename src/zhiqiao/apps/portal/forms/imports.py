"""The forms of the import pages; what they mean is decided by ``core.imports``."""

from collections.abc import Mapping

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from zhiqiao.core.imports.choices import MAX_BYTES
from zhiqiao.core.imports.headings import LEFT_OUT
from zhiqiao.core.imports.models import ImportBatch
from zhiqiao.core.imports.spec import KEEP, Doubt, ImportSpec

#: A form has at most a thousand fields; and nobody decides more at a sitting.
DOUBTS_AT_ONCE = 50
LONGEST_PASTE = 700_000
UNDECIDED = _("Say what this column holds, or that it is not to be imported.")


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=format_lazy(
            _("An Excel workbook (.xlsx) or a CSV file, at most {megabytes} MB."),
            megabytes=MAX_BYTES // 1024 // 1024,
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt"}),
    )
    text = forms.CharField(
        label=_("Or paste a table"),
        required=False,
        max_length=LONGEST_PASTE,
        strip=False,
        help_text=_("Select the cells in Excel or WPS, with the row of headings, and paste them."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        pasted = str(data.get("text") or "").strip()
        if not self.errors and bool(data.get("file")) == bool(pasted):
            raise forms.ValidationError(
                _("Choose a file or paste a table; exactly one of the two is needed.")
            )
        return data


class MappingForm(forms.Form):
    """One question for each heading of the file."""

    def __init__(
        self, data: Mapping[str, object] | None, *, batch: ImportBatch, spec: ImportSpec
    ) -> None:
        super().__init__(data)
        columns = [
            ("", _("Choose …")),
            *((column.name, _required(column.title, column.required)) for column in spec.columns),
            (LEFT_OUT, _("Do not import this column")),
        ]
        for position, heading in enumerate(batch.headings):
            if heading:
                self.fields[str(position)] = forms.ChoiceField(
                    label=heading,
                    choices=columns,
                    initial=batch.mapping.get(str(position), ""),
                    help_text=_sample(batch, position),
                    error_messages={"required": UNDECIDED},
                )

    def mapping(self) -> dict[str, str]:
        return {position: name for position, name in self.cleaned_data.items() if name}


def _required(title: object, required: bool) -> str:  # noqa: FBT001 # a pair of the column
    return f"{title} *" if required else str(title)


def _sample(batch: ImportBatch, position: int) -> str:
    cells = [row[position] for row in batch.samples if position < len(row) and row[position]]
    return " · ".join(cells)


class DoubtsForm(forms.Form):
    """One question for each doubtful name; those left open stay open."""

    def __init__(self, data: Mapping[str, object] | None, *, doubts: list[Doubt]) -> None:
        super().__init__(data)
        self.doubts = doubts[:DOUBTS_AT_ONCE]
        for number, doubt in enumerate(self.doubts):
            self.fields[f"doubt-{number}"] = forms.ChoiceField(
                label=doubt.given,
                required=False,
                choices=[
                    ("", _("Decide later")),
                    *((c.value, _candidate(c.label, c.why)) for c in doubt.candidates),
                    (KEEP, doubt.otherwise or _("None of these; keep the text")),
                ],
                initial=doubt.suggestion or "",
            )

    def rows(self) -> list[tuple[Doubt, forms.BoundField]]:
        return [(doubt, self[f"doubt-{number}"]) for number, doubt in enumerate(self.doubts)]

    def answers(self) -> dict[str, dict[str, str]]:
        answers: dict[str, dict[str, str]] = {}
        for number, doubt in enumerate(self.doubts):
            answer = self.cleaned_data.get(f"doubt-{number}")
            if answer:
                answers.setdefault(doubt.field, {})[doubt.given] = answer
        return answers


def _candidate(label: str, why: object) -> str:
    return f"{label} ({why})" if why else label

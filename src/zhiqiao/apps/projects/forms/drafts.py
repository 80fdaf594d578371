"""What is filled in around a draft: its head, files, co-authors and reasons."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _


class HeadForm(forms.Form):
    """Title and recommending body; whoever acts for several bodies says for which."""

    applicant = forms.ChoiceField(label=_("Applicant"))
    title = forms.CharField(
        label=_("Title of the application"),
        max_length=200,
        help_text=_("What is applied for, as it shall stand in the list of recognised items."),
    )
    recommender = forms.ChoiceField(label=_("Recommending body"), required=False)
    source = forms.ChoiceField(
        label=_("Begin with what another application says"),
        required=False,
        help_text=_("Texts, people and bodies are copied; files and declarations are not."),
    )
    nevertheless = forms.BooleanField(
        label=_("We apply for a further item knowingly"), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def offer(self, name: str, choices: Sequence[tuple[object, str]], *, empty: str = "") -> None:
        """Fill a field with its choices; without any it is not asked, a single one is chosen."""
        if not choices:
            del self.fields[name]
            return
        offered = [(str(key), words) for key, words in choices]
        field = self.fields[name]
        field.choices = [("", empty), *offered] if empty else offered  # type: ignore[attr-defined] # a choice field

    def leave_out(self, *names: str) -> None:
        for name in names:
            self.fields.pop(name, None)


class UploadForm(forms.Form):
    file = forms.FileField(label=_("File"))
    printed = forms.CharField(
        label=_("Check number at the foot of the paper"),
        required=False,
        max_length=80,
        help_text=_(
            "The first eight signs are enough; they tell whether the paper is the last one."
        ),
    )


class CoAuthorForm(forms.Form):
    login = forms.CharField(
        label=_("Login name"),
        max_length=60,
        help_text=_("A co-author reads and writes the whole application, but cannot hand it in."),
    )


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label=_("Your reason"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )

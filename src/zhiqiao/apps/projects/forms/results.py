"""What is filled in around results: proposals, objections and their answers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.projects.choices import Advice
from zhiqiao.apps.projects.forms.calls import FEW_LINES, LONGEST, NO, YES, TickedForm


class ProposalForm(TickedForm):
    """One proposal for the applications that were ticked."""

    advice = forms.ChoiceField(label=_("Proposal"), choices=Advice.choices)
    grounds = forms.CharField(label=_("Grounds"), max_length=LONGEST, required=False)


class ByRankForm(forms.Form):
    first = forms.IntegerField(label=_("Recognise the first"), min_value=0, max_value=100_000)
    reserve = forms.IntegerField(
        label=_("Keep the next in reserve"), min_value=0, max_value=100_000
    )
    grounds = forms.CharField(
        label=_("Grounds of the refusals"),
        max_length=LONGEST,
        widget=FEW_LINES,
        help_text=_("The applicants who are refused read them with the decision."),
    )


class ObjectionForm(forms.Form):
    text = forms.CharField(
        label=_("What you object to"),
        max_length=LONGEST,
        widget=FEW_LINES,
        help_text=_("Facts and where they can be checked."),
    )
    name = forms.CharField(label=_("Your name"), max_length=100)
    contact = forms.CharField(
        label=_("How the bureau reaches you"),
        max_length=200,
        help_text=_("A telephone number or an address. Only the bureau learns it and your name."),
    )


class ObjectionAnswerForm(forms.Form):
    upheld = forms.ChoiceField(
        label=_("What was found"),
        widget=forms.RadioSelect,
        choices=[(NO, _("Not found right")), (YES, _("Found right"))],
    )
    answer = forms.CharField(
        label=_("Answer"),
        max_length=LONGEST,
        widget=FEW_LINES,
        help_text=_("Everybody can read it on the notice: name neither the person nor the words."),
    )


class ReceiptForm(forms.Form):
    code = forms.CharField(label=_("Code of the receipt"), max_length=64)

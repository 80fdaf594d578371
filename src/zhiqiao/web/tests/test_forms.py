import pytest
from django import forms
from django.utils import translation

from zhiqiao.web.components.forms import error_summary, field


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


class Example(forms.Form):
    name = forms.CharField(label="Name", help_text="As printed.")
    remark = forms.CharField(label="Remark", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")], widget=forms.RadioSelect)
    checked = forms.BooleanField(label="Checked", required=False)

    def clean(self):
        raise forms.ValidationError("These two do not fit.")


def test_field_ties_help_and_error_to_the_input():
    shown = field(Example({"name": ""})["name"])

    assert '<label class="field__label" for="id_name">Name</label>' in shown
    assert 'id="id_name_helptext">As printed.' in shown
    assert 'aria-describedby="id_name_helptext id_name_error"' in shown
    assert 'id="id_name_error"' in shown
    assert 'aria-invalid="true"' in shown


def test_field_keeps_and_escapes_what_was_typed():
    shown = field(Example({"name": '"><b>'})["name"])

    assert 'value="&quot;&gt;&lt;b&gt;"' in shown


def test_field_says_which_inputs_may_stay_empty():
    form = Example()

    assert '<span class="field__optional">(optional)</span>' in field(form["remark"])
    assert "(optional)" not in field(form["name"])


def test_field_of_choices_is_a_group_with_a_legend():
    shown = field(Example()["kind"])

    assert shown.startswith("<fieldset")
    assert '<legend class="field__label">Kind</legend>' in shown


def test_field_of_a_tick_has_its_label_behind_it():
    shown = field(Example()["checked"])

    assert shown.index("<input") < shown.index('<label for="id_checked">Checked</label>')


def test_error_summary_lists_each_error_with_the_way_to_its_field():
    summary = error_summary(Example({"name": "", "kind": "b"}))

    assert '<a href="#main">These two do not fit.</a>' in summary
    assert '<a href="#id_name">Name: This field is required.</a>' in summary
    assert summary.count("<li>") == 3


def test_error_summary_of_a_fresh_form_is_empty():
    assert error_summary(Example()) == ""

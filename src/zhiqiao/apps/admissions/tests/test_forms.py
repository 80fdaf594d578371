from datetime import UTC, datetime

from zhiqiao.apps.admissions.forms import WindowForm


def test_instants_are_read_and_shown_in_the_time_of_the_region():
    form = WindowForm({"choices_from": "2026-06-28T09:00", "choices_until": "2026-07-02T18:00"})

    assert form.is_valid()
    assert form.cleaned_data["choices_from"] == datetime(2026, 6, 28, 1, tzinfo=UTC)
    shown = WindowForm(initial={"choices_from": datetime(2026, 6, 28, 1, tzinfo=UTC)})
    assert 'value="2026-06-28T09:00"' in str(shown["choices_from"])

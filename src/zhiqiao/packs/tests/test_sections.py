import pytest

from zhiqiao.packs import check
from zhiqiao.packs.tests.minimal import BASE, changed, write_packs


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("targets.yaml", "T01:", "t01:", "t01.id: “t01” was given: it is written like T01."),
        ("targets.yaml", "2030-06-30", "30.6.2030", "T01.deadline: “30.6.2030” was given: write a day as 2025-12-31."),
        ("targets.yaml", "value: 3", "value:", "T01.value: “null” was given: a number is expected, such as 90 or 0.05."),
        ("targets.yaml", "{zh: 学校, en: Schools}", "Schools", "T01.title: fields are expected here."),
        ("duties.yaml", "every: year", "every: month", "F1.every: “month” was given: Input should be 'year', 'periodic' or 'regular'."),
        ("kinds.yaml", "[national]", "national", "good-school.levels: “national” was given: a list is expected, such as [a, b]."),
        ("judgements.yaml", "[good-school]", "[]", "really-good.kinds: “[]” was given: at least one entry is expected."),
        ("articles.yaml", "number: 一", "number: ''", "A01.number: “” was given: a text is expected, not an empty one."),
        ("articles.yaml", "number: 一", "number: ~", "A01.number: “null” was given: a text is expected, in quotation marks if need be."),
        ("tasks.yaml", "K01:", "k01:", "k01.id: “k01” was given: it is written like K01."),
        ("tasks.yaml", "every: quarter", "every: week", "K01.every: “week” was given: Input should be 'month', 'quarter', 'half-year', 'year' or 'none'."),
        ("bodies.yaml", "side: city", "side: town", "office.side: “town” was given: Input should be 'ministry', 'city', 'partner', 'district' or 'supporting'."),
        ("pack.yaml", "0.1.0", "0.1", "version: “0.1” was given: it is written like 1.0.0."),
    ],
)  # fmt: skip
def test_schema_error_says_what_was_given_and_what_is_expected(tmp_path, file, old, new, message):
    problems = check(write_packs(tmp_path, plan=changed(file, old, new))).problems

    assert [problem.message for problem in problems] == [message]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"2026"', "26", '26.id: “26” was given: it is written like "2026".'),
        ("- 2026-01-01", "- 1.1.2026", "2026.days_off.0: “1.1.2026” was given: write a day as 2025-12-31."),
        ("- 2026-01-01", "- 2026-02-30", "2026.days_off.0: “2026-02-30” was given: day is out of range for month."),
        ("to: 2026-10-07", "till: 2026-10-07", "2026.days_off.1.to: this field is required and absent."),
    ],
)  # fmt: skip
def test_schema_error_of_a_calendar_says_what_is_expected(tmp_path, old, new, message):
    problems = check(
        write_packs(tmp_path, base=changed("calendars.yaml", old, new, files=BASE))
    ).problems

    assert problems[0].message == message

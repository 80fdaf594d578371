from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiqiao.core.errors import InputError
from zhiqiao.core.identifiers import (
    IDENTITY_REGION,
    check_identity_number,
    check_uscc,
    mask_identity_number,
    mask_name,
    mask_phone,
)
from zhiqiao.core.values import Credits, PartialDate, RegionCode, SchoolYear, check_region_code

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "shown"),
    [
        ("2023", date(2023, 1, 1), date(2023, 12, 31), "2023"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024-02"),
        (" 2023-5-6 ", date(2023, 5, 6), date(2023, 5, 6), "2023-05-06"),
    ],
)
def test_partial_date_spans_its_days(text, earliest, latest, shown):
    parsed = PartialDate.parse(text)
    assert (parsed.earliest, parsed.latest, str(parsed)) == (earliest, latest, shown)


@pytest.mark.parametrize(
    "text", ["", "23", "2023-13", "2023-02-30", "2023/05", "0000", "2023-05-16-1", "二〇二三"]
)
def test_partial_date_refuses_what_is_no_date(text):
    with pytest.raises(InputError):
        PartialDate.parse(text)


def test_partial_dates_are_ordered_by_their_first_day():
    texts = ["2024", "2023-12-31", "2023", "2024-01"]
    assert [str(d) for d in sorted(map(PartialDate.parse, texts))] == [
        "2023",
        "2023-12-31",
        "2024-01",
        "2024",
    ]


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)))
def test_partial_date_of_a_day_is_that_day(day):
    parsed = PartialDate.parse(day.isoformat())
    assert (parsed.earliest, parsed.latest, parsed.is_exact) == (day, day, True)


def test_school_year_has_its_days():
    year = SchoolYear.parse("2025-2026")
    assert (year.first_day, year.last_day, str(year)) == (
        date(2025, 9, 1),
        date(2026, 8, 31),
        "2025–2026",
    )
    assert (SchoolYear.of(date(2026, 8, 31)), SchoolYear.of(date(2026, 9, 1))) == (
        year,
        SchoolYear(2026),
    )


@pytest.mark.parametrize("text", ["2025", "2025-2027", "2026-2025", "abc"])
def test_school_year_refuses_other_spans(text):
    with pytest.raises(InputError):
        SchoolYear.parse(text)


@given(st.integers(min_value=0, max_value=10**8), st.integers(min_value=0, max_value=10**8))
def test_credits_add_exactly(first, second):
    total = Credits.parse(str(Credits(first))) + Credits.parse(str(Credits(second)))
    assert total.hundredths == first + second


@pytest.mark.parametrize(
    "text", ["", "-1", "0.005", "NaN", "Infinity", "1e300", "9e999999", "1_0", "٣", "三"]
)
def test_credits_refuse_other_numbers(text):
    with pytest.raises(InputError):
        Credits.parse(text)


def test_region_code_knows_its_levels():
    code = RegionCode("500103")
    assert (code.level, code.prefecture, code.province) == ("county", "500100", "500000")
    assert (code.prefecture.level, code.province.level) == ("prefecture", "province")


@pytest.mark.parametrize("text", ["", "050103", "50010", "5001033", "50010a", "５００１０３"])
def test_region_code_refuses_other_texts(text):
    with pytest.raises(InputError):
        check_region_code(text)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "12100000400010275N"])
def test_credit_code_with_its_check_digit_is_accepted(code):
    assert check_uscc(f" {code.lower()} ") == code


@pytest.mark.parametrize("place", range(18))
def test_credit_code_with_one_wrong_character_is_refused(place):
    code = "91350100M000100Y43"
    wrong = "2" if code[place] != "2" else "3"
    with pytest.raises(InputError):
        check_uscc(code[:place] + wrong + code[place + 1 :])


@pytest.mark.parametrize("code", ["", "91350100M000100Y4", "91350100I000100Y43", "9" * 19])
def test_credit_code_of_another_form_is_refused(code):
    with pytest.raises(InputError):
        check_uscc(code)


def identity_number(region="500103", born="19850101", serial="001"):
    """A made-up number with its check digit, by the definition of ISO 7064 MOD 11-2."""
    body = region + born + serial
    rest = 0
    for digit in body:
        rest = (rest + int(digit)) * 2 % 11
    return body + "0123456789X"[(12 - rest) % 11]


@given(
    st.integers(min_value=110000, max_value=659999),
    st.dates(min_value=date(1900, 1, 1), max_value=TODAY),
    st.integers(min_value=0, max_value=999),
)
def test_identity_number_with_its_check_digit_is_accepted(region, born, serial):
    number = identity_number(str(region), f"{born:%Y%m%d}", f"{serial:03d}")
    checked = check_identity_number(number.lower(), today=TODAY)
    assert (checked.number, checked.born_on, checked.region_code) == (number, born, str(region))


@pytest.mark.parametrize("place", range(18))
def test_identity_number_with_one_wrong_digit_is_refused(place):
    number = identity_number()
    wrong = str((int(number[place].replace("X", "9")) + 1) % 10)
    with pytest.raises(InputError) as caught:
        check_identity_number(number[:place] + wrong + number[place + 1 :], today=TODAY)
    assert number[6:17] not in caught.value.message


@pytest.mark.parametrize("born", ["20900101", "19850230", "18000101", "20261124"])
def test_identity_number_with_an_impossible_birthday_is_refused(born):
    with pytest.raises(InputError):
        check_identity_number(identity_number(born=born), today=TODAY)


def test_identity_number_of_an_unknown_region_is_only_doubted():
    checked = check_identity_number(identity_number(region="500199"), today=TODAY)
    assert checked.region_warning({"500103"}) == IDENTITY_REGION
    assert checked.region_warning({"500199"}) == ""


def test_masks_hide_the_middle():
    number = identity_number()
    assert mask_identity_number(number) == f"500***********{number[-4:]}"
    assert repr(check_identity_number(number, today=TODAY)).count("*") == 11
    assert (mask_phone("13800001234"), mask_name("张三丰")) == ("138****1234", "张**")
    assert (mask_identity_number("1234567"), mask_phone("123"), mask_name("")) == (
        "*******",
        "***",
        "",
    )

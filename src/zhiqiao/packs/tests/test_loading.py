from datetime import date
from decimal import Decimal

import pytest

from zhiqiao.packs import PackError, load
from zhiqiao.packs.inheritance import satisfies
from zhiqiao.packs.tests.minimal import BASE, PLAN, changed, write_packs


@pytest.mark.parametrize(
    ("version", "request_", "expected"),
    [
        ("1.0.0", "^1", True),
        ("1.9.3", "^1", True),
        ("2.0.0", "^1", False),
        ("1.2.0", "^1.2", True),
        ("1.1.9", "^1.2", False),
        ("1.2.3", "^1.2.4", False),
        ("0.1.7", "^0.1", True),
        ("0.2.0", "^0.1", False),
        ("0.0.3", "^0.0.3", True),
        ("0.0.4", "^0.0.3", False),
        ("0.3.0", "^0", True),
        ("1.2.3", "1.2.3", True),
        ("1.2.4", "1.2.3", False),
        ("1.2.4", "1.2", True),
    ],
)
def test_version_satisfies_request(version, request_, expected):
    assert satisfies(version, request_) is expected


def test_load_gives_typed_frozen_entries(tmp_path):
    target = load(write_packs(tmp_path)).targets["T02"]

    assert (target.value, target.tolerance, target.deadline) == (
        Decimal(10),
        Decimal("0.1"),
        date(2030, 12, 31),
    )
    with pytest.raises(ValueError, match="frozen"):
        target.value = Decimal(1)


def test_load_inherits_entries_before_its_own(tmp_path):
    own = {"units.yaml": "workshops:\n  title: {zh: 个, en: workshops}\n"}

    pack = load(write_packs(tmp_path, plan=own))

    assert list(pack.units) == ["schools", "%", "workshops"]
    assert pack.extends == ("base@1.2.0",)


def test_load_replaces_an_overridden_parameter_and_keeps_the_base_as_it_is(tmp_path):
    own = {
        "parameters.yaml": BASE["parameters.yaml"]
        .replace("unit: schools", "unit: schools\n  overrides: base")
        .replace("value: 33", "value: 40")
    }

    pack = load(write_packs(tmp_path, plan=own))

    assert [value.value for value in pack.parameters["least_area"].values] == [30, 40]
    base = load(tmp_path / "base")
    assert [value.value for value in base.parameters["least_area"].values] == [30, 33]


def test_load_gives_mechanisms_the_kinds_that_name_them(tmp_path):
    mechanisms = load(write_packs(tmp_path)).mechanisms

    assert {key: entry.kinds for key, entry in mechanisms.items()} == {
        "00": (),
        "01": ("good-school", "other-school"),
    }


def test_load_inherits_tasks_bodies_and_calendars(tmp_path):
    header = PLAN["pack.yaml"].replace("id: plan", "id: below").replace("base@^1", "plan@^0.1")
    directory = write_packs(tmp_path).parent / "below"
    directory.mkdir()
    (directory / "pack.yaml").write_text(header)

    pack = load(directory)

    assert (list(pack.tasks), list(pack.bodies), list(pack.calendars)) == (
        ["K01", "K02"],
        ["office", "counties"],
        ["2026"],
    )
    assert (pack.tasks["K01"].lead, pack.tasks["K01"].with_) == ("office", ("counties",))


def test_load_reads_a_single_day_off_as_a_run(tmp_path):
    year = load(write_packs(tmp_path)).calendars["2026"]

    assert [(run.from_, run.to) for run in year.days_off] == [
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 10, 1), date(2026, 10, 7)),
    ]
    assert year.is_off(date(2026, 10, 7))
    assert not year.is_off(date(2026, 10, 8))


def test_load_gives_the_same_object_for_the_same_bytes(tmp_path):
    directory = write_packs(tmp_path)

    assert load(directory) is load(directory)


def test_load_notices_a_changed_file(tmp_path):
    directory = write_packs(tmp_path)
    before = load(directory)
    write_packs(tmp_path, plan=changed("targets.yaml", "value: 3", "value: 4"))

    after = load(directory)

    assert (before.targets["T01"].value, after.targets["T01"].value) == (3, 4)
    assert before.digest != after.digest


def test_digest_changes_with_an_extended_pack(tmp_path):
    directory = write_packs(tmp_path)
    before = load(directory).digest
    write_packs(tmp_path, base=changed("sources.yaml", "A notice", "The notice", files=BASE))

    assert load(directory).digest != before


def test_load_raises_every_problem_with_its_remedy(tmp_path):
    with pytest.raises(PackError) as caught:
        load(write_packs(tmp_path, plan=changed("targets.yaml", "article: A01", "article: A07")))

    assert str(caught.value) == (
        "targets.yaml:2: unknown-article: T01 article: there is no article “A07”. "
        "Correct the name, or add the entry to the pack or to one that it extends."
    )

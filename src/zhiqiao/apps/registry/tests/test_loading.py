from datetime import date
from pathlib import Path

import pytest

from zhiqiao.apps.registry.actions import load_catalogues, load_successions
from zhiqiao.apps.registry.models import (
    CatalogueEdition,
    Industry,
    Major,
    Occupation,
    Organisation,
    Region,
)
from zhiqiao.apps.registry.queries import changes_of, organisations_named, region_by_name, valid_on
from zhiqiao.core.imports.actions import import_file
from zhiqiao.core.models import AuditEntry

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[5] / "data"


def test_reference_data_is_loaded_once_and_its_gaps_are_said():
    first = load_catalogues(DATA, actor=None)
    assert dict(first.written) == {
        "regions.csv": 244,
        "region_changes.csv": 3,
        "vet_majors.csv": 1132,
        "occupations.csv": 2176,
        "industries.csv": 590,
        "clusters.csv": 11,
        "catalogues.csv": 15,
    }
    assert set(load_catalogues(DATA, actor=None).written.values()) == {0}
    gaps = {
        (edition.catalogue, edition.part): (edition.loaded, edition.declared_total, edition.state)
        for edition in CatalogueEdition.objects.exclude(state="complete")
    }
    assert gaps == {
        ("majors", "secondary"): (0, 368, "not-loaded"),
        ("majors", "bachelor"): (321, 339, "partial"),
        ("industries", "class"): (0, None, "not-loaded"),
        ("clusters", "hundred-billion"): (5, 6, "partial"),
        ("clusters", "new-star"): (0, 18, "not-loaded"),
    }


def test_catalogues_know_levels_and_groups():
    load_catalogues(DATA, actor=None)
    assert Major.objects.filter(level="higher").count() == 811
    assert Industry.objects.get(code="011").parent.parent.code == "A"
    assert Occupation.objects.get(code="1-01-00").parent.code == "1-01"


def test_two_districts_became_one_on_their_day():
    load_catalogues(DATA, actor=None)
    day = date(2025, 11, 6)
    area = region_by_name("两江新区")
    assert (area.code, area.valid_from, area.parent.code) == (None, day, "500000")
    assert {(step.predecessor.name, step.kind) for step in changes_of(area)} == {
        ("江北区", "merged"),
        ("渝北区", "merged"),
        ("北碚区", "boundary"),
    }
    counties = Region.objects.filter(parent__code="500000")
    assert counties.filter(valid_on(date(2025, 11, 5))).count() == 39 - 1
    assert counties.filter(valid_on(day)).count() == 37
    assert region_by_name("江北区").valid_to == day
    assert region_by_name("北碚区").valid_to is None


def test_colleges_come_through_the_clerks_import_and_get_their_past():
    load_catalogues(DATA, actor=None)
    outcome = import_file("registry.organisations", DATA / "colleges.csv")
    assert (outcome.problems, outcome.counts["added"]) == ((), 216)
    kinds = {
        kind: Organisation.objects.filter(kind=kind, region__path__startswith="/500000/").count()
        for kind in ("university", "bachelor-vocational", "higher-vocational")
    }
    assert kinds == {"university": 26, "bachelor-vocational": 3, "higher-vocational": 46}
    assert Organisation.objects.filter(ownership="private").count() == 88
    load_successions(DATA, actor=None)
    audited = AuditEntry.objects.count()
    assert load_successions(DATA, actor=None).written == {"successions.csv": 0}
    assert AuditEntry.objects.count() == audited
    old = Organisation.objects.get(name="重庆电子工程职业学院")
    assert (old.ended, old.closed_on) == (True, date(2024, 5, 31))
    match = organisations_named(["重庆科技学院"])["重庆科技学院"]
    assert (match.state, match.candidates[0].name) == ("former", "重庆科技大学")

"""Reciprocal reviews between the bodies of a page are those that the whole call shows, also of former bodies."""

import itertools

import pytest

from zhiqiao.apps.projects.queries.reciprocity import reciprocity_among, reciprocity_in
from zhiqiao.apps.projects.tests.calls import make_application, make_call, make_expert
from zhiqiao.apps.projects.tests.reviewing import asked
from zhiqiao.apps.registry.choices import OrganisationChange
from zhiqiao.apps.registry.models import OrganisationSuccession
from zhiqiao.apps.registry.tests.factories import make_organisation
from zhiqiao.core.values import PartialDate

pytestmark = pytest.mark.django_db


def test_bodies_of_a_page_are_counted_as_in_the_whole_call():
    call = make_call()
    old, *bodies = [make_organisation(f"第{number}学院") for number in range(4)]
    OrganisationSuccession.objects.create(
        predecessor=old,
        successor=bodies[0],
        kind=OrganisationChange.MERGED,
        happened_on=PartialDate.parse("2024"),
    )
    rows = [
        make_application(
            call, state="reviewing", applicant=body, number=f"2026-{n:04d}", title=f"项目{n}"
        )
        for n, body in enumerate(bodies, start=1)
    ]
    for serial, (employer, row) in enumerate(
        [(old, rows[1]), (bodies[0], rows[1]), (bodies[1], rows[0]), (bodies[2], rows[0])], start=1
    ):
        asked(row, make_expert(serial, name=f"专家{serial}", employer=employer))
    whole = reciprocity_in(call, organisations=[body.pk for body in (old, *bodies)])

    found = set()
    for some in itertools.combinations((old, *bodies), 2):
        among = reciprocity_among(call, [body.pk for body in some])
        for applicant, employer in itertools.permutations(some, 2):
            one = {"applicant": applicant.pk, "employer": employer.pk}
            assert among.times(**one) == whole.times(**one)
            found.add(among.times(**one))
    assert found == {0, 1, 2}

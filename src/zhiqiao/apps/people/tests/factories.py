"""Fictitious people with well-formed identity numbers that never belonged to anybody."""

from zhiqiao.apps.people.actions import NewPerson, register_person
from zhiqiao.apps.people.models import Person
from zhiqiao.core.fields import Provenance

WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))


def identity_number(serial=1, *, region="990101", born="20080315") -> str:
    """Give a number of a region that does not exist."""
    body = f"{region}{born}{serial:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True))
    return body + "10X98765432"[total % 11]


def make_person(serial=1, *, name="云小桥", keeper=None, born="20080315", **fields) -> Person:
    given = NewPerson(
        name=name,
        identity_number=identity_number(serial, born=born),
        keeper=keeper.pk if keeper else None,
        **{"provenance": Provenance.REPORTED, **fields},
    )
    return register_person(given, actor=None)

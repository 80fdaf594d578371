"""Reviews as small as a test needs them."""

from contextlib import contextmanager
from decimal import Decimal

from django.db import connection

from zhiqiao.apps.accounts.tests.factories import make_user
from zhiqiao.apps.projects.actions.asking import ask_expert
from zhiqiao.apps.projects.actions.reviewing import (
    SheetGiven,
    accept_review,
    hand_in_review,
    note_reading,
)
from zhiqiao.apps.projects.models import Call, Review
from zhiqiao.apps.projects.tests.calls import make_expert

OPINION = "材料充分，目标明确，措施可行，建议认定，请补充经费说明。"


def sheet(mark=80, *, words=OPINION, version=None, untrue=False, **marks) -> SheetGiven:
    given = dict.fromkeys(("basis", "plan", "effect"), mark) | marks
    return SheetGiven(
        marks={name: Decimal(value) for name, value in given.items() if value is not None},
        eliminated={"untrue": untrue},
        words=words,
        version=version,
    )


def signed_in_expert(serial=1, **fields):
    """Make an expert who can sign in; the account is the second of the two."""
    account = make_user(f"expert-{serial}")
    return make_expert(serial, name=f"专家{serial}", account=account, **fields), account


def asked(application, expert) -> Review:
    return ask_expert(application, expert.pk, actor=None)


def read_by(application, expert, account) -> Review:
    review = asked(application, expert)
    assert accept_review(review, undertaking=True, actor=account)
    assert note_reading(review, actor=account)
    return Review.objects.get(pk=review.pk)


def scored_by(application, serial, mark) -> Review:
    """Have an expert of that number hand in the same mark everywhere."""
    expert, account = signed_in_expert(serial)
    review = read_by(application, expert, account)
    assert hand_in_review(review, sheet(mark), actor=account)
    return Review.objects.get(pk=review.pk)


def set_rules(call: Call, **review) -> Call:
    """Change what the lifecycle of one call says of its reviews."""
    call.kept_rules["lifecycle"]["review"] |= review
    call.rules_digest = ("-".join(f"{name}={value}" for name, value in review.items()))[:64]
    call.save()
    return Call.objects.get(pk=call.pk)


@contextmanager
def as_program():
    """Take the role of the running program, as every connection of a real installation does."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE zhiqiao_app")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")

"""The figures beside the official score, and the page that shows them."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from zhiqiao.apps.projects.actions.scores import compute_scores
from zhiqiao.apps.projects.models import Call, Content, Review, Scoring, Standing
from zhiqiao.apps.projects.queries.scores import (
    SCORES,
    flags_of,
    lettered,
    model_told,
    score_rows,
    scored,
    scoring_of,
    shown_flags,
    third_reviews_wanted,
    unsaid,
)
from zhiqiao.apps.projects.tests.calls import make_application, make_call, make_expert, people
from zhiqiao.apps.projects.tests.reviewing import asked, scored_by, set_rules

pytestmark = pytest.mark.django_db


def test_scores_are_kept_beside_the_proposal_and_computed_again_at_will():
    call = make_call()
    best, worse = (
        make_application(call, state="reviewing", number=f"2026-000{n}", title=f"项目{n}")
        for n in (1, 2)
    )
    Standing.objects.filter(application=best).update(proposal="recognise")
    scored_by(best, 1, 90)
    scored_by(worse, 2, 70)

    assert compute_scores(call, actor=None) == 2
    row = Standing.objects.get(application=best)
    assert (row.official, row.rank, row.proposal) == (9000, 1, "recognise")
    scored_by(best, 3, 40)
    compute_scores(call, actor=None)
    assert list(Standing.objects.order_by("rank").values_list("official", flat=True)) == [
        7000,
        6500,
    ]


def flagged(call):
    """Give what is odd as it is shown to a reader of English."""
    with override("en"):
        return [
            (lettered(one.review), one.what, one.figures, lettered(one.other))
            for one in shown_flags(flags_of(call))
        ]


def two_applications(**given):
    call = make_call(**given)
    return call, [
        make_application(call, state="reviewing", number=f"2026-000{n}", title=f"项目{n}")
        for n in (1, 2)
    ]


def test_copied_words_and_hardly_read_files_are_flagged_by_letter():
    call, rows = two_applications()
    scored_by(rows[0], 1, 90)
    scored_by(rows[1], 2, 70)
    compute_scores(call, actor=None)

    short = (
        "0 seconds of reading; under 30 it is flagged. Reading times known of the application: 1."
    )
    same = "The same words stand in 2 reviews."
    assert flagged(call) == [
        ("2026-0001/A", "Same words about another application", same, "2026-0002/A"),
        ("2026-0002/A", "Same words about another application", same, "2026-0001/A"),
        ("2026-0001/A", "Hardly read", short, ""),
        ("2026-0002/A", "Hardly read", short, ""),
    ]


def test_flags_are_made_anew_and_what_was_never_opened_here_is_not_called_unread():
    call, rows = two_applications()
    scored_by(rows[0], 1, 90)
    compute_scores(call, actor=None)
    assert [kind for _review, kind, _figures, _other in flagged(call)] == ["Hardly read"]
    Review.objects.update(opened_at=None)

    compute_scores(call, actor=None)
    assert flagged(call) == []
    assert Scoring.objects.get().figures["untimed"] == 1


def marked(call, marks):
    """Hand in marks as rows by application and expert, as if they had been read for long."""
    now = timezone.now()
    experts = [make_expert(serial, name=f"专家{serial}") for serial in range(1, len(marks[0]) + 1)]
    for number, row in enumerate(marks, start=1):
        application = make_application(call, state="reviewing", number=f"2026-{number:04d}")
        Review.objects.bulk_create(
            Review(
                application=application, expert=expert, letter="ABCDEF"[place], state="handed-in",
                due_on=now.date(), words=f"第{number}项由{place}评：" + chr(0x4E00 + 40 * number + place) * 20,
                total=mark, asked_at=now, accepted_at=now, opened_at=now, handed_in_at=now,
                seconds_read=900,
            )
            for place, (expert, mark) in enumerate(zip(experts, row, strict=True))
            if mark is not None
        )  # fmt: skip


# The third expert is severe by about ten points and marks some applications only.
SEVERE = [
    [9000, 8900, None, 9050],
    [8000, 8100, None, 7950],
    [8500, 8400, 7500, None],
    [8300, 8200, 7200, None],
    [7600, 7500, None, 7650],
    [7000, 7100, 6000, None],
    [6900, 6800, None, 6950],
    [6500, 6600, 5500, None],
]


def test_calibrated_score_stands_beside_the_official_one_and_marks_the_cut_line():
    call = make_call(places=2)
    marked(call, SEVERE)
    compute_scores(call, actor=None)

    rows = {row.application.number[-1]: row for row in score_rows(scored(call), call)}
    assert [(rows[n].official, rows[n].rank) for n in "1234"] == [
        ("89.83", 1), ("80.17", 3), ("81.33", 2), ("79.00", 4),
    ]  # fmt: skip
    assert [rows[n].calibrated_rank for n in "1234"] == [1, 4, 2, 3]
    assert float(rows["3"].calibrated) > 82
    assert [n for n in sorted(rows) if rows[n].changes_cut] == []
    Call.objects.filter(pk=call.pk).update(places=3)
    call.refresh_from_db()
    compute_scores(call, actor=None)
    rows = {row.application.number[-1]: row for row in score_rows(scored(call), call)}
    assert [n for n in sorted(rows) if rows[n].changes_cut] == ["2", "4"]
    assert Standing.objects.get(application__number="2026-0002").rank == 3


def test_too_few_reviews_leave_the_calibrated_score_unsaid():
    call, rows = two_applications()
    scored_by(rows[0], 1, 90)
    compute_scores(call, actor=None)

    (row,) = score_rows(scored(call), call)
    assert (row.official, row.calibrated, row.calibrated_rank) == ("90.00", "", None)
    with override("en"):
        told = model_told(scoring_of(call))
        assert unsaid(scoring_of(call))[1].startswith(
            "Whether the marks agree with those of others cannot be said of 1 reviewer: fewer than 8"
        )
    assert told == (
        "The calibrated score cannot be said: 0 degrees of freedom are left, and 10 are needed."
    )


def test_groups_that_no_reviewer_connects_are_ranked_apart_and_told(client):
    call = make_call(places=3)
    marked(call, [[*row, None, None] for row in SEVERE] + [[None] * 4 + [9900, 9800]])
    who = people()
    compute_scores(call, actor=who["clerk"])
    client.force_login(who["clerk"])
    client.cookies["zhiqiao_language"] = "en"
    page = client.get(reverse("projects:scores", args=[call.uid])).content.decode()

    alone = Standing.objects.get(application__number="2026-0009").figures
    assert (alone["group"], alone["group_size"], alone["ranks"]["calibrated"]) == (2, 1, 1)
    assert "No reviewer connects the 2 groups of applications" in page
    assert "rank 1 of 1 in group 2" in page
    assert "not comparable with the largest group" in page
    assert "the variance of the noise over that of the reviewers" in page


def test_panels_of_the_lifecycle_are_compared_by_standard_scores(client):
    call = set_rules(make_call(), together_by="basis")
    marked(call, SEVERE)
    halves = Content.objects.order_by("application__number")
    for place, content in enumerate(halves):
        content.answers |= {"basis": "甲组" if place < 4 else "乙组"}
        content.save()
    who = people()
    compute_scores(call, actor=who["clerk"])
    client.force_login(who["clerk"])
    client.cookies["zhiqiao_language"] = "en"
    page = client.get(reverse("projects:scores", args=[call.uid]))

    rows = sorted(page.context["rows"], key=lambda row: row.application.number)
    assert [(row.standard, row.standard_rank) for row in rows][:5:4] == [("1.472", 1), ("1.295", 2)]
    assert "Standard score in the panel" in page.content.decode()


def test_who_marks_against_everybody_is_shown_to_the_bureau_with_figures(client):
    call = make_call()
    marked(
        call, [[6000 + 200 * n, 6050 + 210 * n, 9000 - 150 * n, 6020 + 190 * n] for n in range(8)]
    )
    who = people()
    compute_scores(call, actor=who["clerk"])
    client.force_login(who["clerk"])
    client.cookies["zhiqiao_language"] = "en"
    page = client.get(reverse("projects:score_flags", args=[call.uid]))

    (row,) = [one for one in page.context["flags"] if one.is_of_reviewer]
    assert lettered(row.review) == "2026-0001/C"
    told = page.content.decode()
    assert "Rank correlation of -1.000 with the mean of the others on 8 applications" in told
    assert "it changes no score" in told
    assert "专家3" not in told


def test_third_review_is_named_until_somebody_is_asked():
    application = make_application(make_call(), state="reviewing")
    for serial, mark in ((1, 50), (2, 70), (3, 80)):
        scored_by(application, serial, mark)

    compute_scores(application.call, actor=None)
    assert [row.application for row in third_reviews_wanted(application.call)] == [application]

    asked(application, make_expert(4, name="专家四"))
    assert not third_reviews_wanted(application.call).exists()


def asked_twice(client, address):
    """Ask twice and count the queries of the second time."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address)
    return len(asked), page


def test_pages_ask_as_often_for_three_rows_as_for_one(client):
    call = make_call()
    who = people()
    client.force_login(who["clerk"])
    scored_by(make_application(call, state="reviewing"), 1, 83)
    compute_scores(call, actor=who["clerk"])
    pages = [reverse(f"projects:{name}", args=[call.uid]) for name in ("scores", "score_flags")]
    one = [asked_twice(client, page)[0] for page in pages]
    for number in (2, 3):
        scored_by(make_application(call, state="reviewing", number=f"2026-000{number}"), number, 70)
    compute_scores(call, actor=who["clerk"])
    three = [asked_twice(client, page) for page in pages]

    assert [number for number, _page in three] == one
    assert [row.official for row in three[0][1].context["rows"]] == ["83.00", "70.00", "70.00"]
    assert len(three[1][1].context["flags"]) == 6
    assert not any("专家1" in page.content.decode() for _number, page in three)


def cells_of(answer):
    """Read the rows of a workbook, what stands above the heads of its columns left out."""
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer)))
    return book.get_sheet_by_index(0).to_python()


def test_workbook_holds_every_score_and_every_flag_without_a_name(client):
    call, rows = two_applications()
    for serial, row in enumerate(rows, start=1):
        scored_by(row, serial, 93 - 10 * serial)
    who = people()
    compute_scores(call, actor=who["clerk"])
    client.force_login(who["clerk"])
    pages = [reverse(f"projects:{name}", args=[call.uid]) for name in ("scores", "score_flags")]
    cells, odd = (cells_of(client.get(page, {"format": "xlsx"})) for page in pages)

    assert len(cells[0]) == len(SCORES) == 18
    assert cells[1][:6] == ["2026-0001", "项目1", "云岭学院2026-0001", 1, "83.00", 1]
    assert cells[1][11:15] == ["", "", 1, 1]
    assert [row[0] for row in odd[1:]] == ["2026-0001/A", "2026-0002/A"] * 2
    assert "专家1" not in str(cells + odd)

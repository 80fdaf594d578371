"""When something is flagged, by which figure, and when it cannot be said."""

import pytest

from zhiqiao.engines.scoring import UNKNOWN, Flag, FlagKind, Thresholds, solve, verify
from zhiqiao.engines.scoring.tests.worlds import a_problem

WORDS = "建设目标明确，路径清晰，团队结构合理，经费预算与任务匹配，建议补充企业参与证明材料。"
OTHER = "课程资源更新不足，数据支撑薄弱，考核指标需要细化，请说明平台运行维护的长期安排。"


def flags(problem, kind):
    scores = solve(problem)
    assert verify(problem, scores) == []
    return [flag for flag in scores.flags if flag.kind == kind]


def test_short_reading_needs_a_share_of_the_median_and_the_floor():
    marks = [[80, 80, 80]] * 3
    seconds = [[100, 900, 1000], [400, 3000, 3000], [200, 700, 600]]
    found = flags(a_problem(marks, seconds=seconds), FlagKind.HARDLY_READ)
    assert found == [Flag(FlagKind.HARDLY_READ, 0, 0, 0, -1, figure=100, threshold=225, number=3)]


def test_reading_of_few_seconds_is_short_whatever_others_took():
    problem = a_problem([[80, 80]], seconds=[[29, 30]])
    assert [flag.figure for flag in flags(problem, FlagKind.HARDLY_READ)] == [29]
    assert solve(problem).readers.timed.tolist() == [0, 0]


def test_unknown_reading_time_is_not_one_of_zero():
    problem = a_problem([[80, 80, 80]], seconds=[[-1, 900, 900]])
    assert flags(problem, FlagKind.HARDLY_READ) == []
    assert solve(problem).readers.timed.tolist() == [0, 0, 0]
    assert flags(a_problem([[80]]), FlagKind.HARDLY_READ) == []


def test_copies_are_found_among_the_own_and_about_the_same_application():
    altered = WORDS.replace("建议", "并建议").replace("，", "; ")
    comments = [[WORDS, OTHER], [altered, OTHER[:10]], [OTHER, OTHER]]
    problem = a_problem([[80, 80]] * 3, comments=comments)
    own = flags(problem, FlagKind.COPIED_OWN)
    assert [(flag.application, flag.reviewer, flag.review, flag.other) for flag in own] == [
        (0, 0, 0, 2), (0, 1, 1, 5), (1, 0, 2, 0), (2, 1, 5, 1),
    ]  # fmt: skip
    assert [flag.figure for flag in own][1::2] == [100, 100]
    assert 80 <= own[0].figure < 100
    others = flags(problem, FlagKind.COPIED_OTHER)
    assert [(flag.review, flag.other, flag.figure, flag.number) for flag in others] == [
        (4, 5, 100, 2), (5, 4, 100, 2),
    ]  # fmt: skip


def test_same_words_of_another_reviewer_about_another_application_are_found():
    comments = [[WORDS, None], [None, WORDS.replace("。", "！")], [WORDS, None]]
    problem = a_problem([[80, None], [None, 70], [60, None]], comments=comments)
    found = flags(problem, FlagKind.COPIED_ELSEWHERE)
    assert [(flag.review, flag.other, flag.number) for flag in found] == [
        (0, 1, 3), (1, 0, 3), (2, 1, 3),
    ]  # fmt: skip


def test_short_comments_are_flagged_and_never_count_as_copies():
    problem = a_problem([[80, 80]], comments=[["同意。", "同意。"]])
    assert flags(problem, FlagKind.COPIED_OTHER) == []
    short = flags(problem, FlagKind.SHORT_COMMENT)
    assert [(flag.figure, flag.threshold) for flag in short] == [(3, 20), (3, 20)]


def test_who_ranks_against_everybody_agrees_with_nobody():
    marks = [[60 + n, 61 + n, 90 - n] for n in range(8)]
    problem = a_problem(marks)
    assert solve(problem).readers.agreement.tolist() == [UNKNOWN, UNKNOWN, -1000]
    marks = [[60 + 2 * n, 61 + 2 * n, 90 - n] for n in range(8)]
    scores = solve(a_problem(marks))
    assert scores.readers.agreement.tolist() == [1000, 1000, -1000]
    (found,) = flags(a_problem(marks), FlagKind.AGREES_WITH_NOBODY)
    assert (found.reviewer, found.figure, found.threshold, found.number) == (2, -1000, 0, 8)


def test_agreement_on_too_few_applications_cannot_be_said():
    marks = [[60 + 2 * n, 61 + 2 * n, 90 - n] for n in range(7)]
    assert solve(a_problem(marks)).readers.agreement.tolist() == [UNKNOWN] * 3
    assert solve(a_problem(marks)).readers.common.tolist() == [7, 7, 7]
    assert flags(a_problem(marks), FlagKind.AGREES_WITH_NOBODY) == []


def test_same_mark_for_everybody_is_flagged_from_five_on():
    (found,) = flags(a_problem([[8000, 70 + n] for n in range(5)]), FlagKind.NO_SPREAD)
    assert (found.reviewer, found.figure, found.threshold, found.number) == (0, 8000, 5, 5)
    assert flags(a_problem([[8000, 70 + n] for n in range(4)]), FlagKind.NO_SPREAD) == []


def test_mark_far_from_the_others_is_outlying():
    marks = [[7000 + 10 * n, 7050 + 10 * n, 6980 + 10 * n] for n in range(6)]
    marks[4][1] = 3000
    (found,) = flags(a_problem(marks), FlagKind.OUTLYING_MARK)
    assert (found.application, found.reviewer, found.number) == (4, 1, 18)
    assert found.figure < -350
    few = a_problem(marks[3:6])
    assert flags(few, FlagKind.OUTLYING_MARK) == []
    assert solve(few).readers.judged.tolist() == [0, 0, 0]


@pytest.mark.parametrize(("most", "number"), [(None, 0), (999, 1), (1000, 0)])
def test_reviews_apart_are_flagged_beyond_what_is_allowed(most, number):
    problem = a_problem([[7000, 8000], [7000, 7000]], thresholds=Thresholds(spread_most=most))
    assert len(flags(problem, FlagKind.APART)) == number


def test_application_outside_of_the_largest_group_cannot_be_compared():
    marks = [[80, 70, None], [60, 50, None], [None, None, 90]]
    assert flags(a_problem(marks), FlagKind.INCOMPARABLE) == [
        Flag(FlagKind.INCOMPARABLE, 2, -1, -1, -1, figure=1, threshold=3, number=2)
    ]

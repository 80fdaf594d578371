"""Invented reviews: experts differ from each other, and few repeat what another said."""

from collections import Counter

import numpy as np

from zhiqiao.apps.projects.engine_io import samples

REVIEWS = 1_200


def test_opinions_of_a_whole_call_differ_but_for_a_few():
    told = Counter(samples.opinion(place) for place in range(REVIEWS))

    repeated = [number for number in told.values() if number > 1]
    assert repeated == [2] * (REVIEWS // samples.COPYING)


def test_each_expert_is_as_severe_in_every_review_as_in_the_others():
    severities = [samples.severity_of(expert) for expert in range(1, 151)]

    assert severities == [samples.severity_of(expert) for expert in range(1, 151)]
    assert 0.03 < float(np.std(severities)) < 0.05

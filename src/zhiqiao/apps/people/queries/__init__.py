"""Reads about people; other apps may use every name listed here."""

from zhiqiao.apps.people.queries.experts import (
    EXPERTS,
    ExpertFacts,
    ExpertFilter,
    TieFacts,
    expert_facts,
    expert_rows,
    expert_visible_to,
    experts_kept_with,
    experts_visible_to,
    has_expert_consent,
    history_of_expert,
    own_expert,
    tie_facts,
    tie_visible_to,
    ties_of,
)
from zhiqiao.apps.people.queries.files import (
    files_of_numbers,
    history_of_person,
    people_visible_to,
    people_with_number,
    person_visible_to,
)

__all__ = [
    "EXPERTS",
    "ExpertFacts",
    "ExpertFilter",
    "TieFacts",
    "expert_facts",
    "expert_rows",
    "expert_visible_to",
    "experts_kept_with",
    "experts_visible_to",
    "files_of_numbers",
    "has_expert_consent",
    "history_of_expert",
    "history_of_person",
    "own_expert",
    "people_visible_to",
    "people_with_number",
    "person_visible_to",
    "tie_facts",
    "tie_visible_to",
    "ties_of",
]

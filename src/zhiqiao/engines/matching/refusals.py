"""Every reason for which the matching engine refuses something: the message and the remedy."""

from __future__ import annotations

REFUSALS: dict[str, tuple[str, str]] = {
    "length": (
        "{name} has {given} entries where {wanted} are needed.",
        "Give one entry for each {each}.",
    ),
    "kind": ("{name} holds {given}; {wanted} is needed.", "Convert it before the problem is made."),
    "first": (
        "The starts of the candidates' lists do not rise from 0 to the number of choices ({choices}).",
        "Give the choices candidate by candidate, without gaps.",
    ),
    "programme": (
        "Choice {choice} names programme {given}; there are {programmes} programmes, from 0.",
        "Name a programme of the plan.",
    ),
    "twice": (
        "Candidate {candidate} lists programme {programme} more than once.",
        "Keep the first of these choices.",
    ),
    "seats": (
        "Programme or group {at} has {given} places.",
        "Give a whole number of places from 0 to {limit}.",
    ),
    "place": (
        "Entry {at} of the standing is the place {given}; places run from 0 to {limit}.",
        "Rank the candidates with `dense_places`.",
    ),
    "lot": (
        "The lots are not a permutation of 0 to {last}.",
        "Draw them with `draw_lots`, one for each candidate.",
    ),
    "reserve-seats": (
        "The groups of places of programme {programme} add up to {given}, its places to {wanted}.",
        "Give the open places as a group too, so that the groups are all places.",
    ),
    "reserve-first": (
        "The starts of the programmes' groups of places do not rise from 0 to the number of groups ({groups}).",
        "Give the groups programme by programme, without gaps.",
    ),
    "reserve-attribute": (
        "Group {group} asks for attribute {given}; there are {attributes} attributes, from 0.",
        "Name an attribute of the candidates, or -1 for everyone.",
    ),
    "cap-tree": (
        "Cap {cap} lies in itself or in something that is no cap.",
        "Give caps that contain each other or have nothing in common.",
    ),
    "cap-limit": ("Cap {cap} has the limit {given}.", "Give a whole number from 0."),
    "cap-above": (
        "Programme {programme} lies under cap {given}; there are {caps} caps, from 0.",
        "Name one of the caps, or -1 for none.",
    ),
    "cap-reverting": (
        "Programme {programme} lies under a cap and has reserved places that go to anyone when unused.",
        "Let unused places stay, give them to the next batch, or drop the cap.",
    ),
    "ties-with": (
        "The tie policy {policy} is not defined with {what}.",
        "Decide ties by listed keys or by lot there.",
    ),
    "only-deferred": (
        "{what} is defined for the mechanisms serial, candidate-proposing and programme-proposing, not for {mechanism}.",
        "Put it into a batch of its own, or choose one of these mechanisms.",
    ),
    "serial-keys": (
        "The mechanism {mechanism} needs one order of all candidates; here programmes rank them differently.",
        "Choose candidate-proposing or programme-proposing.",
    ),
    "groups-needed": (
        "The mechanism groups needs the group of every programme.",
        "Give each programme its group of majors.",
    ),
    "group": (
        "Programme {at} is in group {given}; groups are numbered from 0 to {limit}.",
        "Give every programme one of the groups.",
    ),
    "groups-split": (
        "Candidate {candidate} lists group {group}, then another one, then {group} again.",
        "List the programmes of one group together.",
    ),
    "ratio": ("The filing ratio is {given}.", "Give a ratio from 1 to 2, such as 1.05."),
    "tied": (
        "Candidate {candidate} is tied in every key with the last one admitted to programme {programme}.",
        "Name a further key, draw lots, admit all, reject all, or hold the place for a decision.",
    ),
    "tied-somewhere": (
        "Candidates tied in every key compete for the same places, and their order changes the result.",
        "Name a further key, draw lots, admit all, reject all, or hold the places for a decision.",
    ),
}

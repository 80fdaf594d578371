"""Folders made by hand, as small as what they show."""


def rules_of(mechanism, policy="strict", **more):
    return {
        "mechanism": mechanism,
        "keys": {"default": ["total"]},
        "ties": {"policy": policy},
        **more,
    }


def tables_of(programmes, totals, choices, **more):
    """Programmes with their columns, totals by candidate, lists by candidate."""
    return {
        "programmes": [{"programme": p, **columns} for p, columns in programmes.items()],
        "candidates": [{"candidate": c, "total": str(t)} for c, t in totals.items()],
        "choices": [
            {"candidate": c, "rank": str(rank), "programme": p, "adjust": "yes"}
            for c, wishes in choices.items()
            for rank, p in enumerate(wishes, 1)
        ],
        **more,
    }


def homes(tables, **given):
    for row in tables["candidates"]:
        row["home"] = given.get(row["candidate"], "city")
    return tables

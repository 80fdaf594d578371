"""One hundred realistic formulas about schools, written once and rendered for each engine.

`Spec.form` names a shape; `Spec.names` its operands. `text` renders it for Zhiqiao, `python` for an
expression evaluator on one row; the rival on arrays has a function per shape in formula_rivals.py.
"""

from dataclasses import dataclass

SCHOOLS, YEARS, DISTRICTS = 10_000, tuple(range(2016, 2026)), 400
TYPES = ("general", "skilled", "senior_skilled", "technician", "art")

FACTS = {
    "students": ("person", 150, 6000), "new_students": ("person", 40, 2200),
    "graduates": ("person", 40, 2000), "employed": ("person", 30, 1900),
    "local_employed": ("person", 20, 1500), "teachers": ("post", 10, 400),
    "senior": ("post", 1, 120), "dual": ("post", 1, 200), "postgraduate": ("post", 0, 150),
    "specialised": ("post", 5, 250), "part_time": ("post", 0, 80), "site": ("m2", 8000, 200000),
    "building": ("m2", 6000, 120000), "training": ("m2", 1000, 40000), "dormitory": ("m2", 0, 40000),
    "sports": ("m2", 500, 20000), "library": ("m2", 100, 9000), "books": ("copy", 2000, 300000),
    "new_books": ("copy", 0, 9000), "equipment": ("cny", 300000, 90000000),
    "new_equipment": ("cny", 0, 9000000), "posts": ("place", 20, 3000),
    "computers": ("set", 50, 2500), "hours": ("hour", 5000, 90000), "practice_hours": ("hour", 1000, 60000),
    "firms": ("firm", 0, 120), "courses": ("course", 10, 300), "online_courses": ("course", 0, 90),
    "income": ("cny", 100000, 90000000), "running_cost": ("cny", 900000, 99000000),
}  # fmt: skip

# name: (unit, values of the five types in 2010, values from 2022 on)
PARAMETERS = {
    "site_each": ("m2/person", (30.0, 25.0, 28.0, 30.0, 22.0), (33.0, 28.0, 30.0, 33.0, 25.0)),
    "building_each": ("m2/person", (18.0, 18.0, 18.0, 20.0, 16.0), (20.0, 20.0, 20.0, 22.0, 18.0)),
    "ratio_most": ("person/post", (22.0, 22.0, 20.0, 20.0, 15.0), (20.0, 20.0, 18.0, 18.0, 13.0)),
    "equipment_each": ("cny/person", (2000.0, 3000.0, 4000.0, 5000.0, 2500.0), (2500.0, 3500.0, 4500.0, 6000.0, 3000.0)),
    "books_each": ("copy/person", (25.0, 20.0, 20.0, 25.0, 20.0), (30.0, 25.0, 25.0, 30.0, 25.0)),
    "senior_least": ("1", (0.18, 0.15, 0.18, 0.2, 0.18), (0.2, 0.18, 0.2, 0.22, 0.2)),
    "dual_least": ("1", (0.25, 0.3, 0.3, 0.35, 0.2), (0.3, 0.4, 0.4, 0.5, 0.25)),
    "computers_each": ("set/person", (0.12, 0.1, 0.12, 0.15, 0.1), (0.15, 0.12, 0.15, 0.18, 0.12)),
    "teachers_least": ("post", (50.0, 40.0, 60.0, 80.0, 30.0), (60.0, 50.0, 70.0, 100.0, 40.0)),
    "site_least": ("m2", (35000.0, 30000.0, 60000.0, 90000.0, 15000.0), (40000.0, 30000.0, 66000.0, 100000.0, 18000.0)),
    "base_rate": ("cny/person", (2800.0, 3300.0, 3900.0, 4500.0, 5000.0), (3200.0, 3900.0, 4500.0, 5200.0, 6000.0)),
    "coefficient": ("1", (1.0, 1.18, 1.39, 1.61, 1.67), (1.0, 1.2, 1.4, 1.6, 1.7)),
}  # fmt: skip


@dataclass(frozen=True)
class Spec:
    """A formula: its name, shape, operands, unit and kind."""

    name: str
    form: str
    names: tuple[str, ...]
    unit: str = "1"
    kind: str = "number"


_TEXTS = {
    "ratio": "{0} / {1}",
    "percent": "percent({0} / {1})",
    "each": "number({0}) / (students + new_students + graduates)",
    "at_least": "{0} >= {1}",
    "at_most": "{0} <= {1}",
    "all_of_4": "{0} and {1} and {2} and {3}",
    "any_of_3": "{0} or ({1} and not {2})",
    "growth": "percent(({0} - prev({0})) / prev({0}))",
    "gap": "max({1} * students - {0}, 0)",
    "funding": "base_rate * coefficient * students * if(students >= 3000, 0.95, if(students >= 1200, 1.00, 1.05))",
    "floor": "max({0}, 0.97 * prev({0}))",
    "mix": "0.4 * {0} / {1} + 0.6 * {2} / {3}",
    "share": "percent(share({0}, district))",
    "sum": "sum({0}, district)",
    "avg": "avg({0}, district)",
    "rank": "rank({0}, district)",
}
_PYTHON = _TEXTS | {
    "percent": "100 * {0} / {1}",
    "each": "{0} / (students + new_students + graduates)",
    "growth": "100 * ({0} - prev_{0}) / prev_{0}",
    "funding": "base_rate * coefficient * students * (0.95 if students >= 3000 else (1.0 if students >= 1200 else 1.05))",
    "floor": "max({0}, 0.97 * prev_{0})",
    "share": "share_{0}",
    "sum": "sum_{0}",
    "avg": "avg_{0}",
    "rank": "rank_{0}",
}


def text(spec: Spec) -> str:
    return _TEXTS[spec.form].format(*spec.names)


def python(spec: Spec) -> str:
    return _PYTHON[spec.form].format(*spec.names)


def _unit(above: str, below: str) -> str:
    return f"{FACTS[above][0]}/{FACTS[below][0]}" if FACTS[above][0] != FACTS[below][0] else "1"


def specs() -> list[Spec]:
    """Give the hundred formulas, each after those that it refers to."""
    per_student = ("site", "building", "training", "dormitory", "sports", "library", "books",
                   "new_books", "equipment", "new_equipment", "posts", "computers", "hours",
                   "income", "running_cost", "firms", "courses")  # fmt: skip
    made = [
        Spec(f"{n}_per_student", "ratio", (n, "students"), _unit(n, "students"))
        for n in per_student
    ]
    per_teacher = ("students", "hours", "income", "equipment", "books", "firms", "training")
    made += [
        Spec(f"{n}_per_teacher", "ratio", (n, "teachers"), _unit(n, "teachers"))
        for n in per_teacher
    ]
    parts = (("senior", "teachers"), ("dual", "teachers"), ("postgraduate", "teachers"),
             ("specialised", "teachers"), ("part_time", "teachers"), ("dual", "specialised"),
             ("employed", "graduates"), ("local_employed", "employed"), ("new_students", "students"),
             ("graduates", "students"), ("practice_hours", "hours"), ("online_courses", "courses"),
             ("new_books", "books"), ("new_equipment", "equipment"), ("training", "building"),
             ("library", "building"), ("dormitory", "building"), ("sports", "site"),
             ("building", "site"), ("income", "running_cost"))  # fmt: skip
    made += [Spec(f"{a}_of_{b}", "ratio", (a, b)) for a, b in parts[:6]]
    made += [Spec(f"{a}_in_{b}", "percent", (a, b), "%") for a, b in parts]
    made += [
        Spec(f"{n}_spread", "each", (n,), f"{FACTS[n][0]}/person")
        for n in ("site", "books", "equipment", "income")
    ]
    made += [
        Spec("site_met", "at_least", ("site_per_student", "site_each"), kind="truth"),
        Spec("building_met", "at_least", ("building_per_student", "building_each"), kind="truth"),
        Spec("ratio_met", "at_most", ("students_per_teacher", "ratio_most"), kind="truth"),
        Spec("equipment_met", "at_least", ("equipment_per_student", "equipment_each"), kind="truth"),
        Spec("books_met", "at_least", ("books_per_student", "books_each"), kind="truth"),
        Spec("senior_met", "at_least", ("senior_of_teachers", "senior_least"), kind="truth"),
        Spec("dual_met", "at_least", ("dual_of_specialised", "dual_least"), kind="truth"),
        Spec("computers_met", "at_least", ("computers_per_student", "computers_each"), kind="truth"),
        Spec("teachers_met", "at_least", ("teachers", "teachers_least"), kind="truth"),
        Spec("area_met", "at_least", ("site", "site_least"), kind="truth"),
        Spec("key_met", "all_of_4", ("site_met", "building_met", "ratio_met", "equipment_met"), kind="truth"),
        Spec("staff_met", "all_of_4", ("senior_met", "dual_met", "teachers_met", "ratio_met"), kind="truth"),
        Spec("means_met", "all_of_4", ("equipment_met", "books_met", "computers_met", "area_met"), kind="truth"),
        Spec("all_met", "all_of_4", ("key_met", "staff_met", "means_met", "books_met"), kind="truth"),
        Spec("watched", "any_of_3", ("ratio_met", "site_met", "staff_met"), kind="truth"),
        Spec("urgent", "any_of_3", ("key_met", "means_met", "all_met"), kind="truth"),
    ]  # fmt: skip
    rising = (
        "students",
        "teachers",
        "equipment",
        "books",
        "income",
        "running_cost",
        "graduates",
        "dual",
    )
    made += [Spec(f"{n}_growth", "growth", (n,), "%") for n in rising]
    gaps = (
        ("site", "site_each"),
        ("building", "building_each"),
        ("equipment", "equipment_each"),
        ("books", "books_each"),
    )
    made += [Spec(f"{n}_gap", "gap", (n, p), FACTS[n][0]) for n, p in gaps]
    made += [
        Spec("funding", "funding", (), "cny"),
        Spec("guaranteed", "floor", ("funding",), "cny"),
        Spec("funding_rate", "ratio", ("guaranteed", "students"), "cny/person"),
        Spec("funding_cover", "percent", ("guaranteed", "running_cost"), "%"),
    ]
    pairs = (
        ("senior", "postgraduate"),
        ("dual", "specialised"),
        ("senior", "dual"),
        ("postgraduate", "part_time"),
    )
    made += [Spec(f"{a}_{b}_mix", "mix", (a, "teachers", b, "teachers")) for a, b in pairs]
    made += [
        Spec("district_met", "share", ("all_met",), "%"),
        Spec("district_key_met", "share", ("key_met",), "%"),
        Spec("district_students", "sum", ("students",), "person", "integer"),
        Spec("district_teachers", "sum", ("teachers",), "post", "integer"),
        Spec("district_site", "avg", ("site_per_student",), "m2/person"),
        Spec("district_rank", "rank", ("students_per_teacher",), "1", "integer"),
        Spec("district_ratio", "ratio", ("district_students", "district_teachers"), "person/post"),
        Spec("funding_of_district", "sum", ("guaranteed",), "cny"),
        Spec("district_rate", "ratio", ("funding_of_district", "district_students"), "cny/person"),
        Spec("senior_per_dual", "ratio", ("senior", "dual")),
    ]
    return made

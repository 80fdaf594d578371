"""One faulty pack for every rule: what is changed in the good one, and where the fault is."""

from dataclasses import dataclass, field

from zhiqiao.packs.directory import MAX_BYTES
from zhiqiao.packs.reader import MAX_VALUES
from zhiqiao.packs.tests.minimal import BASE, PLAN, changed


@dataclass(frozen=True)
class Fault:
    code: str
    place: str
    plan: dict = field(default_factory=dict)
    base: dict = field(default_factory=dict)


def in_plan(code, file, old, new, *, line):
    return Fault(code, f"{file}:{line}", plan=changed(file, old, new))


def in_base(code, file, old, new, *, line):
    return Fault(code, f"../base/{file}:{line}", base=changed(file, old, new, files=BASE))


def whole(code, file, content, *, line=0):
    return Fault(code, f"{file}:{line}", plan={file: content})


NEST = "notice: " + "{a: " * 13 + "1" + "}" * 13 + "\n"
MANY = "notice: [" + ",".join(["1"] * MAX_VALUES) + "]\n"
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
OVERRIDE = """\
least_area:
  title: {zh: 面积下限, en: Least area}
  unit: schools
  by: [school_type]
  overrides: base
  values:
    - {from: 2028-01-01, key: [general], value: 35, source: notice, checked_by: null}
"""

CLASH = 'least_area:\n  title: {zh: 一, en: One}\n  text: "1"\n  unit: schools\nall_schools:'

MISSING = """\
  source: none
  unit: schools
  missing: {zh: 尚未采集, en: Not collected yet}
"""

READING = [
    Fault("missing-file", "pack.yaml:0", plan={"pack.yaml": None}),
    whole("unknown-file", "notes.yaml", "a: 1\n"),
    whole("unknown-file", "check.py", "print(1)\n"),
    Fault("unknown-file", "more:0", plan={"more/targets.yaml": "{}\n"}),
    whole("unknown-file", "tests/notes.txt", "x\n"),
    whole("file-too-large", "sources.yaml", b"#" * (MAX_BYTES + 1)),
    whole("not-utf8", "sources.yaml", "a:\n  title: 重庆市\n".encode("gb18030"), line=2),
    whole("yaml-syntax", "sources.yaml", "a: [1\nb: 2\n", line=2),
    whole("yaml-syntax", "sources.yaml", "a: 1\nb: \x07\n", line=2),
    whole("yaml-syntax", "sources.yaml", "a:\n\tb: 2\n", line=2),
    whole("directive", "sources.yaml", "%YAML 1.1\n---\na: 1\n", line=1),
    whole("directive", "sources.yaml", "%TAG ! tag:example.org,2000:\n---\na: 1\n", line=1),
    whole("several-documents", "sources.yaml", "a: {title: x}\n---\nb: {title: y}\n", line=2),
    whole("alias", "sources.yaml", BOMB, line=1),
    whole("alias", "sources.yaml", "a: {title: *b}\n", line=1),
    whole("explicit-tag", "sources.yaml", "a:\n  title: !!python/name:os.system x\n", line=2),
    whole("explicit-tag", "sources.yaml", "a:\n  title: !!str 5\n", line=2),
    whole("explicit-tag", "sources.yaml", "a: !local {title: x}\n", line=1),
    whole("merge-key", "sources.yaml", "a:\n  <<: {title: x}\n", line=2),
    whole("duplicate-key", "sources.yaml", "a: {title: x}\nb: {title: y}\na: {title: z}\n", line=3),
    whole("duplicate-key", "sources.yaml", "a:\n  title: x\n  'title': z\n", line=3),
    whole("key-not-text", "sources.yaml", "? [a, b]\n: {title: x}\n", line=1),
    whole("too-deep", "sources.yaml", NEST, line=1),
    whole("too-many-values", "sources.yaml", MANY, line=1),
]
SCHEMA = [
    whole("schema-shape", "sources.yaml", "- a\n- b\n", line=1),
    in_plan("schema-missing", "targets.yaml", "  article: A01\n", "", line=1),
    in_plan("schema-unknown", "targets.yaml", "deadline:", "dead_line_: 1\n  deadline:", line=7),
    in_plan("schema-value", "targets.yaml", "value: 3", "value: three", line=5),
    in_plan("schema-value", "targets.yaml", "value: 3", "value: 3e1", line=5),
    in_plan("schema-value", "targets.yaml", "value: 3", "value: 1:30", line=5),
    in_plan("schema-value", "targets.yaml", "value: 3", "value: 010", line=5),
    in_plan("schema-value", "targets.yaml", "value: 3", "value: .inf", line=5),
    in_plan("schema-value", "targets.yaml", "2030-06-30", "2030-6-30", line=7),
    in_plan("schema-value", "targets.yaml", "2030-06-30", "2030-02-30", line=7),
    in_plan("schema-value", "targets.yaml", "tolerance: 0.1", "tolerance: 1", line=15),
    in_plan("schema-value", "targets.yaml", "T01:", "t01:", line=1),
    in_plan("schema-value", "mechanisms.yaml", "app: plan", "app: cinema", line=4),
    in_plan("schema-value", "pack.yaml", 'area: "990000"', "area: 北京", line=7),
    in_base("schema-value", "sources.yaml", "seen: false", "seen: no", line=7),
    in_plan("pack-format", "pack.yaml", "format: 1", "format: 2", line=1),
    in_plan("pack-name", "pack.yaml", "id: plan", "id: other", line=2),
    whole("duplicate-test", "tests/more.yaml", PLAN["tests/examples.yaml"], line=1),
]
INHERITING = [
    in_plan("extends-form", "pack.yaml", "base@^1", "base", line=9),
    in_plan("extends-missing", "pack.yaml", "base@^1", "basis@^1", line=9),
    in_plan("extends-version", "pack.yaml", "base@^1", "base@^2", line=9),
    in_plan("extends-version", "pack.yaml", "base@^1", "base@1.3", line=9),
    in_base("extends-cycle", "pack.yaml", "format: 1", "extends: [plan@^0.1]\nformat: 1", line=1),
    whole("redefined", "units.yaml", "schools:\n  title: {zh: 所, en: schools}\n", line=1),
    whole("override-nothing", "parameters.yaml", OVERRIDE.replace("least", "most", 1), line=5),
    whole("override-nothing", "parameters.yaml", OVERRIDE.replace(": base", ": plan"), line=5),
    whole("override-mismatch", "parameters.yaml", OVERRIDE.replace(": schools", ': "%"'), line=5),
]
REFERENCES = [
    in_plan("unknown-article", "targets.yaml", "article: A01", "article: A09", line=2),
    in_plan("unknown-mechanism", "kinds.yaml", 'mechanism: "01"', 'mechanism: "09"', line=4),
    in_plan("unknown-kind", "judgements.yaml", "[good-school]", "[good-school, x]", line=3),
    in_plan("unknown-kind", "measures.yaml", "kinds: [good-school]", "kinds: [x]", line=5),
    in_plan("unknown-judgement", "measures.yaml", "[really-good]", "[really-bad]", line=7),
    in_plan(
        "unknown-exam-type",
        "measures.yaml",
        MISSING,
        "  source: admissions.intake\n  unit: schools\n  intake: [college]\n  exam_types: [magic]\n",
        line=13,
    ),
    in_plan("unknown-unit", "measures.yaml", "unit: schools", "unit: school", line=4),
    in_plan("unknown-formula", "targets.yaml", "formula: good_schools", "formula: x", line=9),
    in_base("unknown-vocabulary", "parameters.yaml", "[school_type]", "[school_kind]", line=4),
    in_base("unknown-term", "parameters.yaml", "key: [general]", "key: [special]", line=6),
    in_base("unknown-source", "parameters.yaml", "source: notice", "source: rumour", line=6),
    in_plan("unknown-measure", "tests/examples.yaml", "good_school_count", "x_count", line=5),
    in_plan("unknown-target", "tests/examples.yaml", "T01", "T09", line=7),
    in_plan("unknown-article", "tasks.yaml", "article: A01", "article: A09", line=2),
    in_plan("unknown-body", "tasks.yaml", "lead: office", "lead: bureau", line=5),
    in_plan("unknown-body", "tasks.yaml", "[counties]", "[counties, towns]", line=6),
    in_plan("unknown-target", "tasks.yaml", "[T01, T02]", "[T01, T02, T09]", line=9),
    in_plan("unknown-mechanism", "tasks.yaml", '["00"]', '["00", "09"]', line=10),
    in_plan("unknown-duty", "tasks.yaml", "[F1]", "[F1, F9]", line=15),
    in_base("unknown-source", "calendars.yaml", "source: notice", "source: rumour", line=6),
    in_plan(
        "name-clash",
        "formulas.yaml",
        "all_schools:",
        CLASH.replace("least_area", "other_school_count"),
        line=5,
    ),
    in_plan("name-clash", "formulas.yaml", "all_schools:", CLASH, line=5),
]
MEANING = [
    in_plan(
        "measure-without-kinds",
        "measures.yaml",
        "kinds: [good-school]\n  levels: [national]\n  judgements: [really-good]",
        "kinds: []",
        line=1,
    ),
    in_plan(
        "measure-without-reason",
        "measures.yaml",
        "  missing: {zh: 尚未采集, en: Not collected yet}\n",
        "",
        line=8,
    ),
    in_plan(
        "measure-of-admission",
        "measures.yaml",
        MISSING,
        "  source: admissions.intake\n  unit: schools\n",
        line=8,
    ),
    in_plan(
        "measure-of-admission",
        "measures.yaml",
        "levels: [national]",
        "levels: [national]\n  intake: [college]",
        line=1,
    ),
    in_plan(
        "measure-of-admission",
        "measures.yaml",
        MISSING,
        "  source: admissions.places\n  unit: schools\n  intake: [college]\n",
        line=8,
    ),
    in_plan("level-of-kind", "measures.yaml", "[national]", "[district]", line=6),
    Fault(
        "judgement-of-kind",
        "measures.yaml:7",
        plan=changed("judgements.yaml", "[good-school]", "[other-school]"),
    ),
    in_plan("tolerance-missing", "targets.yaml", "  tolerance: 0.1\n", "", line=13),
    in_plan("tolerance-unused", "targets.yaml", "value: 3", "value: 3\n  tolerance: 0.1", line=6),
    in_plan("target-unit", "targets.yaml", "unit: schools", 'unit: "%"', line=6),
    in_base("horizon-before-issue", "pack.yaml", "2030-12-31", "2019-12-31", line=8),
    in_plan("deadline-before-issue", "targets.yaml", "2030-06-30", "2020-06-30", line=7),
    in_plan("deadline-not-horizon", "targets.yaml", "2030-12-31", "2030-12-30", line=17),
    in_base("read-before-published", "sources.yaml", "2020-02-01", "2019-02-01", line=4),
    in_base("values-unordered", "parameters.yaml", "from: 2021-01-01", "from: 2020-01-01", line=7),
    in_base("key-length", "parameters.yaml", "key: [general]", "key: []", line=6),
    in_base("missing-source", "parameters.yaml", "source: notice", "source: null", line=6),
    in_base(
        "address-not-trusted",
        "sources.yaml",
        "title: A notice",
        "title: A notice\n  address: https://example.org/a",
        line=3,
    ),
    in_base(
        "checked-unseen",
        "parameters.yaml",
        "source: notice, checked_by: null",
        "source: recalled, checked_by: an officer",
        line=6,
    ),
    in_plan(
        "formula", "formulas.yaml", "text: good_school_count", "text: good_school_cuont", line=3
    ),
    in_plan("formula", "formulas.yaml", "good_schools + other", "good_schools.x + other", line=7),
    in_plan(
        "formula",
        "formulas.yaml",
        "good_schools + other_school_count",
        "good_schools / 0.5 + 1 = 2",
        line=7,
    ),
    in_plan(
        "formula-by",
        "formulas.yaml",
        "good_schools + other",
        "param(least_area) + other",
        line=7,
    ),
    in_plan(
        "formula-cycle",
        "formulas.yaml",
        "text: good_school_count",
        "text: all_schools - other_school_count",
        line=3,
    ),
]
MEANING += [
    in_plan("lead-also-with", "tasks.yaml", "[counties]", "[counties, office]", line=5),
    in_plan("deadline-before-issue", "tasks.yaml", "2030-06-30", "2027-12-31", line=7),
    in_plan("due-after-horizon", "tasks.yaml", "2030-06-30", "2031-01-01", line=7),
    in_base("calendar-year", "calendars.yaml", "- 2026-01-01", "- 2025-01-01", line=3),
    in_base("calendar-year", "calendars.yaml", "{from: 2026-10-01, to: 2026-10-07}", "{from: 2026-12-30, to: 2027-01-02}", line=4),
    in_base("calendar-year", "calendars.yaml", "{from: 2026-10-01, to: 2026-10-07}", "{from: 2025-12-30, to: 2026-01-02}", line=4),
    in_base("calendar-year", "calendars.yaml", "[2026-10-10]", "[2027-10-10]", line=5),
    in_base("calendar-order", "calendars.yaml", "to: 2026-10-07", "to: 2026-09-30", line=4),
    in_base("calendar-order", "calendars.yaml", "- 2026-01-01", "- 2026-01-01\n    - 2026-01-01", line=4),
    in_base("calendar-order", "calendars.yaml", "from: 2026-10-01", "from: 2026-01-01", line=4),
    in_base("calendar-worked", "calendars.yaml", "[2026-10-10]", "[2026-10-10, 2026-10-10]", line=5),
    in_base("calendar-worked", "calendars.yaml", "[2026-10-10]", "[2026-10-09]", line=5),
    in_base("calendar-worked", "calendars.yaml", "[2026-10-10]", "[2026-10-04]", line=5),
    in_base("checked-unseen", "calendars.yaml", "source: notice\n  checked_by: null", "source: recalled\n  checked_by: an officer", line=7),
]  # fmt: skip
COVERAGE = [
    Fault("unserved", "targets.yaml:10", plan=changed("tasks.yaml", "[T01, T02]", "[T01]")),
    Fault("unserved", "duties.yaml:1", plan=changed("tasks.yaml", "  duties: [F1]\n", "")),
    Fault("unserved", "mechanisms.yaml:1", plan=changed("tasks.yaml", '  mechanisms: ["00"]\n', "")),
    in_plan("served-twice", "tasks.yaml", '["01"]', '["01", "00"]', line=16),
    in_plan("served-twice", "tasks.yaml", '["00"]', '["00", "00"]', line=10),
    in_plan("expected-missing", "pack.yaml", "expected: {articles: 1, targets: 2, duties: 1, mechanisms: 2}\n", "", line=1),
    in_plan("count-articles", "pack.yaml", "articles: 1", "articles: 2", line=10),
    in_plan("count-targets", "pack.yaml", "targets: 2", "targets: 17", line=10),
    in_plan("count-duties", "pack.yaml", "duties: 1", "duties: 5", line=10),
    in_plan("count-mechanisms", "pack.yaml", "mechanisms: 2", "mechanisms: 115", line=10),
    Fault(
        "mechanism-gap", "mechanisms.yaml:7",
        plan={
            **changed("mechanisms.yaml", '"00":', '"02":\n  article: A01'),
            **changed("tasks.yaml", '["00"]', '["02"]'),
        },
    ),
    Fault(
        "mechanism-without-article", "mechanisms.yaml:12",
        plan={
            "mechanisms.yaml": PLAN["mechanisms.yaml"] + PLAN["mechanisms.yaml"][:100].split('"01"')[0].replace("00", "02", 1),
            **changed("pack.yaml", "mechanisms: 2", "mechanisms: 3"),
            **changed("tasks.yaml", '["00"]', '["00", "02"]'),
        },
    ),
    Fault(
        "article-without-mechanism", "articles.yaml:5",
        plan={
            "articles.yaml": PLAN["articles.yaml"] + PLAN["articles.yaml"].replace("A01", "A02"),
            **changed("pack.yaml", "articles: 1", "articles: 2"),
        },
    ),
    in_plan("kind-without-mechanism", "kinds.yaml", '  mechanism: "01"\n', "", line=1),
    in_plan("article-mismatch", "duties.yaml", 'mechanism: "01"', 'mechanism: "00"', line=2),
    in_plan("generic-without-kind", "mechanisms.yaml", "state: planned", "state: generic", line=5),
    in_plan("proof-missing", "mechanisms.yaml", "state: generic", "state: working", line=11),
    in_plan("proof-unknown", "mechanisms.yaml", "state: generic", "state: working\n  proof: tests/test_a.py::test_gone", line=12),
    in_plan("proof-unknown", "mechanisms.yaml", "state: generic", "state: working\n  proof: tests/test_b.py::test_there", line=12),
    in_plan("test-failed", "tests/examples.yaml", "{value: 3, status: met}", "{value: 3, status: behind}", line=7),
    in_plan("test-failed", "tests/examples.yaml", "T01: {value: 3,", "T01: {value: 4,", line=7),
    in_plan("test-failed", "tests/examples.yaml", "{value: 3, status: met}", "{bound: none, status: met}", line=7),
]  # fmt: skip
SECOND = PLAN["lifecycles.yaml"].replace("good-schools", "again", 1)
RULING = [
    in_plan("unknown-flow", "lifecycles.yaml", "flow: short", "flow: long", line=4),
    in_plan("unknown-kind", "lifecycles.yaml", "[good-school]", "[good-school, x]", line=3),
    in_plan("unknown-source", "lifecycles.yaml", "      source: notice", "      source: rumour", line=13),
    in_plan("unknown-source", "lifecycles.yaml", "{applicants: notice}", "{applicants: rumour}", line=26),
    in_plan("unknown-source", "lifecycles.yaml", "    source: notice\n  building", "    source: rumour\n  building", line=21),
    in_plan("unknown-source", "lifecycles.yaml", "\n  source: notice", "\n  source: rumour", line=27),
    in_plan("lifecycle-part-missing", "lifecycles.yaml", "  checks: {complete: {zh: 齐全, en: Complete}}\n", "", line=4),
    whole("lifecycle-kind-twice", "lifecycles.yaml", PLAN["lifecycles.yaml"] + SECOND, line=31),
    in_plan("lifecycle-second-standard", "lifecycles.yaml", "  kinds: [good-school]\n", "", line=1),
    in_plan("flow-closed-to-applicant", "lifecycles.yaml", "[school]", "[school, firm]", line=5),
    in_plan("recalled-rule-stops", "lifecycles.yaml", "      source: notice", "      source: recalled", line=10),
    in_plan("stated-unseen", "lifecycles.yaml", "{applicants: notice}", "{applicants: recalled}", line=26),
    in_plan("stated-unseen", "lifecycles.yaml", "    source: notice\n  building", "    source: recalled\n  building", line=21),
    in_plan("report-without-acceptance", "lifecycles.yaml", "due_months: 12}", "due_months: 12, since: acceptance}", line=25),
    in_plan("checked-unseen", "lifecycles.yaml", "\n  source: notice\n  checked_by: null", "\n  source: recalled\n  checked_by: an officer", line=28),
    in_plan("checked-unseen", "lifecycles.yaml", "      stops: true\n      field: area\n      number: 30\n      source: notice\n      checked_by: null", "      field: area\n      number: 30\n      source: recalled\n      checked_by: an officer", line=13),
]  # fmt: skip
FAULTS = [*READING, *SCHEMA, *INHERITING, *REFERENCES, *MEANING, *RULING, *COVERAGE]

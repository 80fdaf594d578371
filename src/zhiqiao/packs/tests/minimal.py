"""A small pack without fault, from which every faulty pack of the tests is made by one change."""

from collections.abc import Mapping
from pathlib import Path

BASE: Mapping[str, str] = {
    "pack.yaml": """\
format: 1
id: base
version: 1.2.0
title: {zh: 共用, en: Shared}
document_number: none
issued: 2020-01-01
area: "100000"
horizon: 2030-12-31
""",
    "units.yaml": """\
schools:
  title: {zh: 所, en: schools}
"%":
  title: {zh: 百分比, en: percent}
""",
    "vocabularies.yaml": """\
school_type:
  title: {zh: 学校类型, en: Type of school}
  terms:
    general: {zh: 普通, en: General}
""",
    "sources.yaml": """\
notice:
  title: A notice
  published: 2020-01-01
  read_on: 2020-02-01
recalled:
  title: From memory
  seen: false
""",
    "parameters.yaml": """\
least_area:
  title: {zh: 面积下限, en: Least area}
  unit: schools
  by: [school_type]
  values:
    - {from: 2020-01-01, key: [general], value: 30, source: notice, checked_by: null}
    - {from: 2021-01-01, key: [general], value: 33, source: notice, checked_by: null}
""",
    "flows.yaml": """\
short:
  title: {zh: 简易, en: Short}
  start: draft
  states:
    draft: {title: {zh: 草稿, en: Draft}, phase: drafting}
    checking: {title: {zh: 审查, en: Check}, phase: checking}
    held: {title: {zh: 认定, en: Held}, phase: in-force}
  moves:
    hand-in: {title: {zh: 提交, en: Hand in}, from: [draft], to: checking, by: applicant, applicants: [school]}
    recognise: {title: {zh: 认定, en: Recognise}, from: [checking], to: held, by: lead, does: enter-recognition}
""",
    "lifecycles.yaml": """\
standard:
  title: {zh: 标准, en: Standard}
  flow: short
  sections: {basis: {zh: 基本, en: Basis}}
  fields:
    area: {title: {zh: 面积, en: Area}, kind: number, section: basis}
  checks: {complete: {zh: 齐全, en: Complete}}
  source: recalled
""",
    "calendars.yaml": """\
"2026":
  days_off:
    - 2026-01-01
    - {from: 2026-10-01, to: 2026-10-07}
  working: [2026-10-10]
  source: notice
  checked_by: null
""",
}

PLAN: Mapping[str, str] = {
    "pack.yaml": """\
format: 1
id: plan
version: 0.1.0
title: {zh: 方案, en: Plan}
document_number: No 1
issued: 2028-01-01
area: "990000"
horizon: 2030-12-31
extends: [base@^1]
expected: {articles: 1, targets: 2, duties: 1, mechanisms: 2}
""",
    "articles.yaml": """\
A01:
  number: 一
  title: {zh: 学校, en: Schools}
  summary: {zh: 学校。, en: Schools.}
""",
    "targets.yaml": """\
T01:
  article: A01
  title: {zh: 学校, en: Schools}
  operator: "="
  value: 3
  unit: schools
  deadline: 2030-06-30
  dated: explicit
  formula: good_schools
T02:
  article: A01
  title: {zh: 基地, en: Bases}
  operator: about
  value: 10
  tolerance: 0.1
  unit: schools
  deadline: 2030-12-31
  dated: plan-horizon
  formula: all_schools
""",
    "duties.yaml": """\
F1:
  article: A01
  title: {zh: 报告, en: Report}
  every: year
  mechanism: "01"
""",
    "mechanisms.yaml": """\
"00":
  title: {zh: 总体, en: Overall}
  forms: [indicator]
  app: plan
  state: planned
"01":
  article: A01
  title: {zh: 学校, en: Schools}
  forms: [register]
  app: projects
  state: generic
""",
    "bodies.yaml": """\
office:
  title: {zh: 办公室, en: Office}
  side: city
  organisation: 南湖省教育厅
counties:
  title: {zh: 各县, en: Counties}
  side: district
""",
    "tasks.yaml": """\
K01:
  article: A01
  title: {zh: 办好学校, en: Run good schools}
  kind: city
  lead: office
  with: [counties]
  due: 2030-06-30
  every: quarter
  targets: [T01, T02]
  mechanisms: ["00"]
K02:
  article: A01
  title: {zh: 每年报告, en: Report every year}
  every: year
  duties: [F1]
  mechanisms: ["01"]
""",
    "kinds.yaml": """\
good-school:
  title: {zh: 好学校, en: Good school}
  article: A01
  mechanism: "01"
  levels: [national]
other-school:
  title: {zh: 其他学校, en: Other school}
  article: A01
  mechanism: "01"
""",
    "lifecycles.yaml": """\
good-schools:
  title: {zh: 好学校, en: Good schools}
  kinds: [good-school]
  flow: short
  applicants: [school]
  conditions:
    area:
      says: {zh: 面积, en: Area}
      kind: field-least
      stops: true
      field: area
      number: 30
      source: notice
      checked_by: null
  sections: {basis: {zh: 基本, en: Basis}}
  fields:
    area: {title: {zh: 面积, en: Area}, kind: number, section: basis}
  checks: {complete: {zh: 齐全, en: Complete}}
  sheet:
    criteria: {basis: {title: {zh: 基础, en: Basis}, weight: 1, most: 10}}
    source: notice
  building:
    months: 12
    reports:
      yearly: {title: {zh: 年报, en: Report}, due_months: 12}
  stated: {applicants: notice}
  source: notice
  checked_by: null
""",
    "judgements.yaml": """\
really-good:
  question: {zh: 真的好吗？, en: Is it really good?}
  kinds: [good-school]
""",
    "measures.yaml": """\
good_school_count:
  title: {zh: 好学校, en: Good schools}
  source: projects.recognitions
  unit: schools
  kinds: [good-school]
  levels: [national]
  judgements: [really-good]
other_school_count:
  title: {zh: 其他学校, en: Other schools}
  source: none
  unit: schools
  missing: {zh: 尚未采集, en: Not collected yet}
""",
    "formulas.yaml": """\
good_schools:
  title: {zh: 好学校, en: Good schools}
  text: good_school_count
  unit: schools
all_schools:
  title: {zh: 全部学校, en: All schools}
  text: good_schools + other_school_count
  unit: schools
""",
    "tests/examples.yaml": """\
met-by-three:
  title: three good schools meet the target
  at: 2029-01-01
  given:
    good_school_count: {value: 3}
  expect:
    T01: {value: 3, status: met}
""",
}


def write_packs(
    directory: Path,
    *,
    plan: Mapping[str, str | bytes | None] | None = None,
    base: Mapping[str, str | bytes | None] | None = None,
) -> Path:
    """Write both packs with some files replaced or, given None, left out; return the plan's."""
    for name, files, changes in (("base", BASE, base or {}), ("plan", PLAN, plan or {})):
        for file, content in {**files, **changes}.items():
            if content is None:
                continue
            path = directory / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return directory / "plan"


def changed(file: str, old: str, new: str, *, files: Mapping[str, str] = PLAN) -> dict[str, str]:
    """Return the one file with the first `old` replaced, which must be there."""
    assert old in files[file], f"{old!r} is not in {file}"
    return {file: files[file].replace(old, new, 1)}

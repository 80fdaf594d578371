"""Files with personal data that leave the platform: for an auditor's replay, for the province.

Each needs a reason, which stands in the season's history with the digest of what was handed out.
"""

import hashlib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from io import BytesIO

import yaml
from django.db import transaction

from zhiqiao.apps.admissions.actions.seasons import worded
from zhiqiao.apps.admissions.engine_io.tables import rules_of, tables_of
from zhiqiao.apps.admissions.models import Candidate, Result, Run, ScoreSheet, Season
from zhiqiao.apps.admissions.queries import is_seed_sealed
from zhiqiao.apps.admissions.rules import can_run_season, is_no_rehearsal
from zhiqiao.core import audit
from zhiqiao.core.access import Actor, obey, require
from zhiqiao.core.errors import RuleError

TABLES = ("programmes", "candidates", "choices", "strikeouts", "frozen")
# In which order the province reads them; a scheme names the headings.
PROVINCIAL = (
    "number",
    "name",
    "exam_type",
    "category",
    "school",
    "school_name",
    "programme",
    "rank",
    "total",
    "admitted",
)


@transaction.atomic
def hand_out_inputs(season: Season, *, actor: Actor, reason: str) -> bytes:
    """Give what the present round is allocated from, as a folder that ``zhiqiao allocate`` reads."""
    require(can_run_season(actor))
    words = worded(reason)
    if is_seed_sealed(season, season.round):
        raise RuleError("admissions.seed-sealed")
    tables = tables_of(season)
    rules = rules_of(season, tables.programmes["class"].unique().sort().to_list())
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as folder:
        for name in TABLES:
            table = getattr(tables, name)
            if table.height:
                folder.writestr(f"{name}.csv", table.write_csv())
        told = rules.model_dump(mode="json", exclude_unset=True)
        folder.writestr("rules.yaml", yaml.safe_dump(told, allow_unicode=True, sort_keys=False))
    written = content.getvalue()
    _note(season, "admissions.season.inputs_handed_out", written, actor=actor, reason=words)
    return written


@transaction.atomic
def hand_out_results(
    run: Run, *, actor: Actor, reason: str
) -> tuple[Sequence[str], list[tuple[object, ...]]]:
    """Give the admissions of a run under the headings of the provincial system."""
    require(can_run_season(actor))
    words = worded(reason)
    obey(is_no_rehearsal(run.season))
    headings = run.season.rules.columns
    shown = [name for name in PROVINCIAL if name in headings]
    rows = [tuple(row[name] for name in shown) for row in _admitted(run)]
    content = "\n".join(str(row) for row in rows).encode()
    verb = "admissions.season.results_handed_out"
    _note(run.season, verb, content, actor=actor, reason=words)
    return [headings[name] for name in shown], rows


def _admitted(run: Run) -> Iterator[dict[str, object]]:
    """Yield what the province is told of each candidate; its system reads Chinese."""
    scheme = run.season.rules
    has_names = "school_name" in scheme.columns
    rows = Result.objects.filter(run=run, line__isnull=False).select_related(
        "candidate__person", "candidate__score_sheet", "line__school"
    )
    for result in rows.order_by("candidate__number").iterator(chunk_size=2_000):
        candidate, line = result.candidate, result.line
        if line is None:
            continue
        total = _sums_of(candidate).get("total")
        yield {
            "number": candidate.number,
            "name": candidate.person.name,
            "exam_type": scheme.exam_types[candidate.exam_type].title.zh,
            "category": scheme.categories[candidate.category].title.zh,
            "school": line.school.national_code or ("" if has_names else line.school.name),
            "school_name": line.school.name,
            "programme": line.code,
            "rank": result.rank,
            "total": None if total is None else Decimal(total),
            "admitted": line.major,
        }


def _sums_of(candidate: Candidate) -> Mapping[str, str]:
    sheet: ScoreSheet | None = getattr(candidate, "score_sheet", None)
    return (sheet.sums or {}) if sheet else {}


def _note(season: Season, verb: str, content: bytes, *, actor: Actor, reason: str) -> None:
    after = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    audit.record(actor=actor, verb=verb, subject=season, before=None, after=after, reason=reason)

"""The rows of a season as the tables of an allocation, read by COPY so that a city fits in seconds."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import BytesIO

import polars as pl
from django.db import connection

from zhiqiao.apps.admissions.choices import Eligibility, PrivilegeState, RequestState
from zhiqiao.apps.admissions.engine_io.marks import columns_of
from zhiqiao.apps.admissions.models import ControlLine, LotterySeed, Privilege, Season
from zhiqiao.apps.admissions.queries import result_to_rehearse
from zhiqiao.core.sealing import unseal
from zhiqiao.engines.matching import Rules, Tables
from zhiqiao.packs import AdmissionScheme, TiePolicy

PROGRAMMES = """
    SELECT line.code AS programme, coalesce(held.places, line.places) AS seats, line.batch, line.school_id AS school,
           concat_ws('/', line.batch, line.exam_type, line.category, contract.uid) AS class
    FROM admissions_placeline line
    LEFT JOIN admissions_pathwaycontract contract ON contract.id = line.contract_id
    LEFT JOIN admissions_runline held ON held.line_id = line.id AND held.run_id = %(compared)s
    WHERE line.season_id = %(season)s AND line.state = %(approved)s
"""
# What stands for the contract of a candidate or a programme without one.
NO_CONTRACT = "none"
CHOICES = """
    SELECT candidate.number AS candidate, listed.place AS rank, line.code AS programme
    FROM admissions_choicelist held
    JOIN admissions_candidate candidate ON candidate.id = held.candidate_id
    CROSS JOIN LATERAL unnest(held.lines) WITH ORDINALITY AS listed (line, place)
    JOIN admissions_placeline line ON line.id = listed.line
    WHERE candidate.season_id = %(season)s AND held.round = %(round)s
      AND candidate.eligibility = %(eligible)s
"""
# A school may ask for a strike-out of whoever was sent to it; only what is listed can be struck.
STRIKE_OUTS = """
    SELECT candidate.number AS candidate, line.code AS programme, struck.ground AS reason
    FROM admissions_strikeout struck
    JOIN admissions_candidate candidate ON candidate.id = struck.candidate_id
    JOIN admissions_placeline line ON line.id = struck.line_id
    JOIN admissions_choicelist held
      ON held.candidate_id = candidate.id AND held.round = struck.round
    WHERE candidate.season_id = %(season)s AND struck.round = %(round)s AND struck.is_approved
      AND candidate.eligibility = %(eligible)s AND struck.line_id = ANY (held.lines)
"""
# Who was admitted in an earlier round and did not decline keeps the place.
FROZEN = """
    SELECT candidate.number AS candidate, line.code AS programme
    FROM admissions_result result
    JOIN admissions_run run ON run.id = result.run_id
    JOIN admissions_candidate candidate ON candidate.id = result.candidate_id
    JOIN admissions_placeline line ON line.id = result.line_id
    WHERE run.season_id = %(season)s AND run.round < %(round)s AND run.number IN (
        SELECT max(number) FROM admissions_run
        WHERE season_id = %(season)s AND published_at IS NOT NULL GROUP BY round
    ) AND result.rank IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM admissions_answer answer WHERE answer.candidate_id = candidate.id
          AND answer.line_id = line.id AND answer.says = 'declined'
    )
"""


def tables_of(season: Season, *, strike_outs: bool = True) -> Tables:
    """Read what the present round of a season is allocated from.

    A rehearsal reads its source, with the places as they were in the result that it is compared with.
    """
    compared = result_to_rehearse(season) if season.is_rehearsal else None
    asked = {
        "season": season.source.pk,
        "round": season.round,
        "compared": compared.pk if compared else 0,
        "approved": RequestState.APPROVED.value,
        "eligible": Eligibility.ELIGIBLE.value,
    }
    frozen = frame(FROZEN, asked)
    choices = frame(CHOICES, asked)
    if frozen.height:
        choices = choices.join(frozen, on="candidate", how="anti")
    return Tables(
        programmes=_with_room(frame(PROGRAMMES, asked), frozen),
        candidates=_candidates(season, asked),
        choices=choices,
        strikeouts=frame(STRIKE_OUTS, asked) if strike_outs else pl.DataFrame(),
        frozen=frozen,
    )


def _with_room(programmes: pl.DataFrame, frozen: pl.DataFrame) -> pl.DataFrame:
    """Where ties filled a programme over its plan, its plan of later rounds is what it admitted."""
    if not frozen.height:
        return programmes
    held = frozen.group_by("programme").len("held")
    return (
        programmes.join(held, on="programme", how="left")
        .with_columns(
            pl.max_horizontal(
                pl.col("seats").cast(pl.Int64), pl.col("held").fill_null(0).cast(pl.Int64)
            ).alias("seats")
        )
        .drop("held")
    )


def _candidates(season: Season, asked: Mapping[str, object]) -> pl.DataFrame:
    """Read number, attributes and every score; scores that a prize raises stand apart by batch.

    Pathways are an attribute, so that solver and verifier keep them apart by the same rule.
    """
    scheme = season.rules
    columns = score_columns(scheme)
    shown = "".join(
        f", coalesce(sheet.sums->>'{name}', sheet.marks->>'{name}') AS \"{name}\""
        for name in columns
    )
    found = frame(
        f"""
        SELECT candidate.number AS candidate, candidate.exam_type, candidate.category,
               coalesce(contract.uid::text, %(no_contract)s) AS contract{shown}
        FROM admissions_candidate candidate
        LEFT JOIN admissions_pathwaycontract contract ON contract.id = candidate.contract_id
        LEFT JOIN admissions_scoresheet sheet ON sheet.candidate_id = candidate.id
        WHERE candidate.season_id = %(season)s AND candidate.eligibility = %(eligible)s
        """,  # noqa: S608 - names of the pack, which are words of letters, digits and _
        {**asked, "no_contract": NO_CONTRACT},
    )
    raised = _raised(season.source)
    for batch in batches_with_awards(scheme):
        for name in columns:
            values = {number: one[batch].get(name) for number, one in raised.items()}
            own = pl.col("candidate").replace_strict(
                {number: str(value) for number, value in values.items() if value is not None},
                default=None,
                return_dtype=pl.String,
            )
            found = found.with_columns(pl.coalesce(own, pl.col(name)).alias(f"{name}@{batch}"))
    return found


def score_columns(scheme: AdmissionScheme) -> list[str]:
    """Return the names of all items and sums of all exam types, each once."""
    return list(dict.fromkeys(name for kind in scheme.exam_types.values() for name in kind.columns))


def batches_with_awards(scheme: AdmissionScheme) -> list[str]:
    named = {batch for award in scheme.awards.values() for batch in award.batches}
    return [batch.id for batch in scheme.batches if batch.id in named]


def _raised(season: Season) -> dict[str, dict[str, dict[str, Decimal]]]:
    """Return the scores, batch by batch, of the few whom a granted prize raises."""
    scheme = season.rules
    granted = Privilege.objects.filter(candidate__season=season, state=PrivilegeState.GRANTED)
    found: dict[str, tuple[str, dict[str, str], list[str]]] = {}
    rows = granted.values_list(
        "candidate__number", "candidate__exam_type", "candidate__score_sheet__marks", "award"
    )
    for number, exam_type, marks, award in rows:
        found.setdefault(number, (exam_type, marks or {}, []))[2].append(award)
    return {
        number: {
            batch: columns_of(
                scheme,
                exam_type,
                {name: Decimal(text) for name, text in marks.items()},
                awards,
                batch,
            )
            for batch in batches_with_awards(scheme)
        }
        for number, (exam_type, marks, awards) in found.items()
    }


def rules_of(season: Season, classes: Sequence[str]) -> Rules:
    """Write the scheme, the control lines and the programmes' classes as rules of an allocation."""
    scheme, lots = season.rules, _lots(season)
    awarded = set(batches_with_awards(scheme))
    keys: dict[str, list[str]] = {}
    require: dict[str, dict[str, str]] = {}
    for name in classes:
        batch, exam_type, category, *contract = name.split("/")
        keys[name] = [_column(key, batch, awarded) for key in scheme.keys_of(exam_type, category)]
        require[name] = {
            "exam_type": exam_type,
            "contract": contract[0] if contract else NO_CONTRACT,
        }
        if not scheme.lists_any_category:
            require[name]["category"] = category
    first = scheme.batches[0]
    return Rules.model_validate(
        {
            "mechanism": first.mechanism.value,
            "keys": keys or {"default": ["total"]},
            "ties": _ties(first.ties, lots),
            "lines": _lines(season, classes, awarded),
            "require": require,
            "missing": "bar",
            "batches": [
                {
                    "name": batch.id,
                    "programmes": {"batch": batch.id},
                    "rules": {
                        "mechanism": batch.mechanism.value,
                        "ties": _ties(batch.ties, lots),
                    },
                }
                for batch in scheme.batches
            ],
        }
    )


def _lots(season: Season) -> dict[str, str]:
    """Return seed and commitment of the present round; nothing where no seed was drawn.

    A rehearsal draws by the seed of its source, and by its own where that one had no lots.
    """
    seeds = LotterySeed.objects.filter(season__in=[season, season.source], round=season.round)
    drawn = seeds.order_by("season").first()
    return {"seed": unseal(drawn.seed_sealed), "commitment": drawn.commitment} if drawn else {}


def _ties(policy: TiePolicy, lots: Mapping[str, str]) -> dict[str, str]:
    own = lots if policy == TiePolicy.LOTTERY else {}
    return {"policy": policy.value, **own}


def _lines(
    season: Season, classes: Sequence[str], awarded: set[str]
) -> dict[str, dict[str, Decimal]]:
    """Return the control lines by class; a line holds for the pathways of its category as well."""
    drawn: dict[str, dict[str, Decimal]] = {}
    for line in ControlLine.objects.filter(season=season.source):
        name = f"{line.batch}/{line.exam_type}/{line.category}"
        drawn.setdefault(name, {})[_column(line.score, line.batch, awarded)] = line.least
    plain = {name: "/".join(name.split("/")[:3]) for name in classes}
    return {name: drawn[plain[name]] for name in classes if plain[name] in drawn}


def _column(key: str, batch: str, awarded: set[str]) -> str:
    return f"{key}@{batch}" if batch in awarded else key


def frame(query: str, asked: Mapping[str, object]) -> pl.DataFrame:
    """Read a query as a frame of texts, streamed by the database."""
    content = BytesIO()
    with connection.cursor() as cursor:
        told = cursor.mogrify(query, asked) if hasattr(cursor, "mogrify") else None
        copy_of = f"COPY ({told or query}) TO STDOUT (FORMAT csv, HEADER)"
        with cursor.copy(copy_of, None if told else asked) as copy:
            for part in copy:
                content.write(part)
    content.seek(0)
    return pl.read_csv(content, infer_schema=False)

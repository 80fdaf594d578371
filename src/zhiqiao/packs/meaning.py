"""Rules of meaning: dates in order, tolerances where they belong, sources where they are needed."""

from collections.abc import Iterator
from datetime import date
from typing import cast

from zhiqiao.packs.calendars import find_calendar_problems
from zhiqiao.packs.problems import Problem
from zhiqiao.packs.references import Scope
from zhiqiao.packs.schemas import (
    Dating,
    Judgement,
    Measure,
    MeasureSource,
    Operator,
    ParameterDefinition,
    ProjectCount,
    RecognitionKind,
    Source,
    Target,
)
from zhiqiao.packs.selections import find_selection_problems
from zhiqiao.packs.tasks import TaskDefinition


def find_meaning_problems(scope: Scope) -> Iterator[Problem]:
    """Yield every entry whose fields are well formed one by one and make no sense together."""
    header = scope.draft.header
    if header.horizon < header.issued:
        yield scope.draft.problem(
            ("pack", "horizon"), "horizon-before-issue",
            message=f"{header.horizon} is before the day of issue, {header.issued}.",
            remedy="Correct one of the two days.",
        )  # fmt: skip
    for target in cast("dict[str, Target]", scope.own("targets")).values():
        yield from _tolerance(scope, target)
        yield from _deadline(scope, target)
        yield from _unit(scope, target)
    for measure in cast("dict[str, Measure]", scope.own("measures")).values():
        yield from _measure(scope, measure)
    for source in cast("dict[str, Source]", scope.own("sources")).values():
        yield from _source(scope, source)
    for task in cast("dict[str, TaskDefinition]", scope.own("tasks")).values():
        yield from _lead(scope, task)
        yield from _due(scope, task)
    yield from find_calendar_problems(scope)
    yield from find_selection_problems(scope)
    for parameter in scope.parameters:
        yield from _order(scope, parameter)
        yield from _evidence(scope, parameter)


def _tolerance(scope: Scope, target: Target) -> Iterator[Problem]:
    about = target.operator is Operator.ABOUT
    if about and target.tolerance is None:
        yield scope.draft.problem(
            ("targets", target.id, "operator"), "tolerance-missing",
            message="“about” is said without a tolerance.",
            remedy="Declare one, such as tolerance: 0.05, and say in the note that it is yours.",
        )  # fmt: skip
    if not about and target.tolerance is not None:
        yield scope.draft.problem(
            ("targets", target.id, "tolerance"), "tolerance-unused",
            message=f"“{target.operator}” takes no tolerance.",
            remedy="Remove it, or write operator: about.",
        )  # fmt: skip


def _deadline(scope: Scope, target: Target) -> Iterator[Problem]:
    header, place = scope.draft.header, ("targets", target.id, "deadline")
    if target.deadline < header.issued:
        yield scope.draft.problem(
            place, "deadline-before-issue",
            message=f"{target.deadline} is before the day of issue, {header.issued}.",
            remedy="Correct the deadline.",
        )  # fmt: skip
    elif target.dated is Dating.PLAN_HORIZON and target.deadline != header.horizon:
        yield scope.draft.problem(
            place, "deadline-not-horizon",
            message=f"{target.deadline} is not the plan's horizon, {header.horizon}.",
            remedy="Write the horizon, or say dated: explicit or context.",
        )  # fmt: skip


def _unit(scope: Scope, target: Target) -> Iterator[Problem]:
    formula = scope.merged["formulas"].get(target.formula)
    unit = getattr(formula, "unit", target.unit)
    if unit != target.unit:
        yield scope.draft.problem(
            ("targets", target.id, "unit"), "target-unit",
            message=f"“{target.unit}” is not the unit of {target.formula}, “{unit}”.",
            remedy="Correct the unit or the formula.",
        )  # fmt: skip


def _measure(scope: Scope, measure: Measure) -> Iterator[Problem]:
    place = ("measures", measure.name)
    if measure.source is MeasureSource.RECOGNITIONS and not measure.kinds:
        yield scope.draft.problem(
            place, "measure-without-kinds",
            message="the measure counts recognitions and names no kind.",
            remedy="Add kinds.",
        )  # fmt: skip
    if measure.source is MeasureSource.NONE and measure.missing is None:
        yield scope.draft.problem(
            place, "measure-without-reason",
            message="the measure has no source and does not say why.",
            remedy="Add missing with a sentence in zh and en.",
        )  # fmt: skip
    yield from _admission(scope, measure)
    yield from _of_projects(scope, measure)
    kinds = {name: scope.merged["kinds"].get(name) for name in measure.kinds}
    if kinds and all(kinds.values()):
        yield from _kinds_of_measure(scope, measure, cast("dict[str, RecognitionKind]", kinds))


def _admission(scope: Scope, measure: Measure) -> Iterator[Problem]:
    """Yield a measure of admission that does not say what it counts, or another one that does."""
    of_places = measure.source is MeasureSource.PLACES
    of_admission = of_places or measure.source is MeasureSource.INTAKE
    narrowed = bool(measure.exam_types or measure.schools)
    if (
        bool(measure.intake) != of_admission
        or (measure.places is not None) != of_places
        or (narrowed and not of_admission)
    ):
        yield scope.draft.problem(
            ("measures", measure.name), "measure-of-admission",
            message=f"the words intake, places, exam_types and schools do not fit “{measure.source}”.",
            remedy="Give intake to admissions.intake and admissions.places, places to the latter alone.",
        )  # fmt: skip


def _of_projects(scope: Scope, measure: Measure) -> Iterator[Problem]:
    """Yield a measure of applications that does not say what it counts, or another one that does."""
    adds_up = measure.projects in (ProjectCount.PROMISED, ProjectCount.REACHED)
    if (measure.projects is not None) != (measure.source is MeasureSource.APPLICATIONS) or (
        bool(measure.indicators) != adds_up
    ):
        yield scope.draft.problem(
            ("measures", measure.name), "measure-of-projects",
            message=f"the words projects and indicators do not fit “{measure.source}”.",
            remedy="Give projects to projects.applications, and indicators to what is promised or reached.",
        )  # fmt: skip


def _kinds_of_measure(
    scope: Scope, measure: Measure, kinds: dict[str, RecognitionKind]
) -> Iterator[Problem]:
    for level in measure.levels:
        if not any(level in kind.levels for kind in kinds.values()):
            yield scope.draft.problem(
                ("measures", measure.name, "levels"), "level-of-kind",
                message=f"no kind that is counted can have the level “{level}”.",
                remedy="Correct the level, or add it to the kind.",
            )  # fmt: skip
    for name in measure.judgements:
        judgement = scope.merged["judgements"].get(name)
        if isinstance(judgement, Judgement) and not set(judgement.kinds) & set(kinds):
            yield scope.draft.problem(
                ("measures", measure.name, "judgements"), "judgement-of-kind",
                message=f"“{name}” asks about none of the kinds that are counted.",
                remedy="Correct the judgement, or add the kind to it.",
            )  # fmt: skip


def _source(scope: Scope, source: Source) -> Iterator[Problem]:
    if source.address and not source.address_trusted:
        yield scope.draft.problem(
            ("sources", source.id, "address"), "address-not-trusted",
            message="the address is not said to be trusted.",
            remedy="Remove the address and keep the title, or check it and say address_trusted: true.",
        )  # fmt: skip
    if source.read_on and source.published and source.read_on < source.published:
        yield scope.draft.problem(
            ("sources", source.id, "read_on"), "read-before-published",
            message=f"read on {source.read_on}, published on {source.published}.",
            remedy="Correct one of the two days.",
        )  # fmt: skip


def _lead(scope: Scope, task: TaskDefinition) -> Iterator[Problem]:
    if task.lead in task.with_:
        yield scope.draft.problem(
            ("tasks", task.id, "lead"), "lead-also-with",
            message=f"“{task.lead}” leads and takes part as well.",
            remedy="Name it once.",
        )  # fmt: skip


def _due(scope: Scope, task: TaskDefinition) -> Iterator[Problem]:
    header, place = scope.draft.header, ("tasks", task.id, "due")
    if task.due is None:
        return
    if task.due < header.issued:
        yield scope.draft.problem(
            place, "deadline-before-issue",
            message=f"{task.due} is before the day of issue, {header.issued}.",
            remedy="Correct the day.",
        )  # fmt: skip
    elif task.due.year > header.horizon.year and task.note is None:
        yield scope.draft.problem(
            place, "due-after-horizon",
            message=f"{task.due} is after the year of the plan's horizon, {header.horizon}.",
            remedy="Correct the day, or say in a note why it is later.",
        )  # fmt: skip


def _order(scope: Scope, parameter: ParameterDefinition) -> Iterator[Problem]:
    latest: dict[tuple[str, ...], date] = {}
    for position, value in enumerate(parameter.values):
        place = ("parameters", parameter.name, "values", position)
        if len(value.key) != len(parameter.by):
            yield scope.draft.problem(
                place, "key-length",
                message=f"{len(value.key)} keys are given for {len(parameter.by)} vocabularies.",
                remedy="Give one term for each name in by.",
            )  # fmt: skip
        if value.from_ <= latest.get(value.key, date.min):
            yield scope.draft.problem(
                place, "values-unordered",
                message=f"{value.from_} does not follow {latest[value.key]}.",
                remedy="Order the values of a key by their days, each day once.",
            )  # fmt: skip
        latest[value.key] = value.from_


def _evidence(scope: Scope, parameter: ParameterDefinition) -> Iterator[Problem]:
    for position, value in enumerate(parameter.values):
        place = ("parameters", parameter.name, "values", position)
        if value.source is None:
            yield scope.draft.problem(
                place, "missing-source",
                message=f"the value {value.value} has no source.",
                remedy="Name an entry of sources.yaml.",
            )  # fmt: skip
            continue
        source = scope.merged["sources"].get(value.source)
        if value.checked_by and isinstance(source, Source) and not source.seen:
            yield scope.draft.problem(
                (*place, "checked_by"), "checked-unseen",
                message=f"“{value.checked_by}” checked the value, but its source was never seen.",
                remedy="Name the source that was read, or write checked_by: null.",
            )  # fmt: skip

"""The form of a lifecycle held against what was written: its parts, and what is missing or wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhiqiao.apps.projects.choices import FileState
from zhiqiao.apps.projects.models import Application
from zhiqiao.apps.projects.queries.budgets import BudgetTable, budget_table, budget_years
from zhiqiao.apps.projects.queries.needs import Moment, judges
from zhiqiao.apps.projects.queries.recommending import needs_recommender
from zhiqiao.apps.projects.queries.written import Written, written_of
from zhiqiao.core.access import ALLOWED, Verdict, refused
from zhiqiao.core.dates import format_date
from zhiqiao.core.policy import spoken
from zhiqiao.packs import ConditionKind, FieldKind, FieldWanted, Lifecycle, Need
from zhiqiao.web.components.figures import grouped

# Names of sections have no hyphen, so these never clash with one.
BUDGET, INDICATORS = "form-budget", "form-indicators"
DECLARATIONS, UNSUITABLE = "form-declarations", "form-unsuitable"
HEAD, FILES = "form-head", "form-files"
IN_FIGURES = frozenset({FieldKind.WHOLE, FieldKind.NUMBER, FieldKind.MONEY})
IN_WORDS = frozenset({FieldKind.LINE, FieldKind.TEXT})
IN_ROWS = frozenset({FieldKind.PEOPLE, FieldKind.BODIES})
NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """What is missing or wrong, and in which part and at which place of the page it stands."""

    part: str
    anchor: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class FormPart:
    """A part of the form that is written and saved on its own."""

    name: str
    title: str


def parts_of(lifecycle: Lifecycle) -> tuple[FormPart, ...]:
    """Return the parts in the order in which they are written."""
    asked = {
        BUDGET: (_("Budget"), lifecycle.budget is not None),
        INDICATORS: (_("Indicators promised"), bool(lifecycle.indicators)),
        DECLARATIONS: (_("Declarations"), bool(declared_conditions(lifecycle))),
        UNSUITABLE: (_("Experts who should not review"), lifecycle.review is not None),
    }
    sections = [FormPart(name, spoken(text)) for name, text in lifecycle.sections.items()]
    further = [FormPart(name, title) for name, (title, is_asked) in asked.items() if is_asked]
    return (*sections, *further)


def declared_conditions(lifecycle: Lifecycle) -> dict[str, str]:
    """Return the conditions that the applicant declares to meet."""
    return {
        name: spoken(condition.says)
        for name, condition in lifecycle.conditions.items()
        if condition.kind is ConditionKind.DECLARED
    }


def table_of(written: Written) -> BudgetTable | None:
    wanted = written.lifecycle.budget
    if wanted is None:
        return None
    return budget_table(wanted, written.content.budget, budget_years(written.application.call))


def problems_of(written: Written) -> list[Problem]:
    """Return everything that stands against handing in, in the order of the form."""
    return [
        *_problems_of_head(written),
        *(
            Problem(wanted.section, f"field-{name}", spoken(wanted.title), words)
            for section in written.lifecycle.sections
            for name, wanted in written.lifecycle.fields_of(section).items()
            for words in _faults_of(written, name, wanted)
        ),
        *_problems_of_budget(written),
        *_problems_of_indicators(written),
        *_problems_of_files(written),
    ]


@judges(Need.FORM_COMPLETE)
def _form_complete(application: Application, _moment: Moment) -> Verdict:
    found = problems_of(written_of(application))
    if not found:
        return ALLOWED
    titles = list(dict.fromkeys(problem.title for problem in found))
    parts = ", ".join(titles[:NAMED_AT_MOST]) + ("…" if len(titles) > NAMED_AT_MOST else "")
    return refused("projects.form-incomplete", number=len(found), parts=parts)


def _problems_of_head(written: Written) -> Iterator[Problem]:
    application = written.application
    if application.recommender_id is None and needs_recommender(application):
        words = _("Choose the body that recommends the application.")
        yield Problem(HEAD, "field-recommender", _("Recommending body"), words)


def _faults_of(written: Written, name: str, wanted: FieldWanted) -> Iterator[str]:
    if wanted.kind in IN_ROWS:
        yield from _faults_of_rows(written, name, wanted)
        return
    text = written.content.answers.get(name, "")
    if not text:
        if wanted.needed:
            yield _("This is still empty.")
        return
    if wanted.kind in IN_WORDS:
        yield from _faults_of_length(len(text), wanted)
    elif wanted.kind in IN_FIGURES:
        yield from _faults_of_number(Decimal(text), wanted)
    elif wanted.kind is FieldKind.CHOICE and text not in wanted.options:
        yield _("What was chosen is no longer offered.")


def _faults_of_length(length: int, wanted: FieldWanted) -> Iterator[str]:
    if wanted.most is not None and length > wanted.most:
        yield _("%(length)d characters are written, %(over)d more than the %(most)d allowed.") % {
            "length": length,
            "over": length - int(wanted.most),
            "most": wanted.most,
        }
    if wanted.least is not None and length < wanted.least:
        yield _("%(length)d characters are written; at least %(least)d are asked for.") % {
            "length": length,
            "least": wanted.least,
        }


def _faults_of_number(number: Decimal, wanted: FieldWanted) -> Iterator[str]:
    if wanted.most is not None and number > wanted.most:
        values = {"number": grouped(number), "most": grouped(wanted.most)}
        yield _("%(number)s is more than the %(most)s allowed.") % values
    if wanted.least is not None and number < wanted.least:
        values = {"number": grouped(number), "least": grouped(wanted.least)}
        yield _("%(number)s is less than the %(least)s asked for.") % values


def _faults_of_rows(written: Written, name: str, wanted: FieldWanted) -> Iterator[str]:
    rows: Sequence[object] = (
        written.people.get(name, ())
        if wanted.kind is FieldKind.PEOPLE
        else written.bodies.get(name, ())
    )
    there, least = len(rows), max(int(wanted.least or 0), int(wanted.needed))
    if there < least and (there or wanted.needed):
        values = {"there": there, "least": least}
        yield _("%(there)d are named; at least %(least)d are asked for.") % values
    if wanted.most is not None and there > wanted.most:
        values = {"there": there, "most": int(wanted.most)}
        yield _("%(there)d are named; at most %(most)d are allowed.") % values
    for body in written.bodies.get(name, ()):
        matched = body.organisation
        if wanted.of_kinds and matched is not None and matched.kind not in wanted.of_kinds:
            yield _("%(body)s is of another kind than asked for: %(kind)s.") % {
                "body": body.text,
                "kind": matched.get_kind_display(),
            }


def _problems_of_budget(written: Written) -> Iterator[Problem]:
    table, wanted = table_of(written), written.lifecycle.budget
    if table is None or wanted is None:
        return
    title = _("Budget")
    if table.is_empty:
        words = _("No amount is filled in; write 0 where nothing is spent.")
        yield Problem(BUDGET, "budget", title, words)
    if table.difference:
        yield Problem(BUDGET, "budget", title, _difference_in_words(table))
    if wanted.most_cny is not None and table.lines.total > wanted.most_cny:
        words = _("%(total)s yuan are planned, %(over)s more than the %(most)s allowed.") % {
            "total": yuan(table.lines.total),
            "over": yuan(table.lines.total - wanted.most_cny),
            "most": yuan(wanted.most_cny),
        }
        yield Problem(BUDGET, "budget", title, words)


def _difference_in_words(table: BudgetTable) -> str:
    years = "; ".join(
        _("%(year)s: %(spent)s spent, %(comes)s from the sources")
        % {"year": year, "spent": yuan(spent), "comes": yuan(comes)}
        for year, spent, comes in table.differing_years
    )
    values = {
        "spent": yuan(table.lines.total),
        "comes": yuan(table.sources.total),
        "difference": yuan(abs(table.difference)),
        "years": years,
    }
    if table.difference > 0:
        return (
            _(
                "The lines add up to %(spent)s yuan and the sources to %(comes)s: the sources lack %(difference)s. Look at %(years)s."
            )
            % values
        )
    return (
        _(
            "The lines add up to %(spent)s yuan and the sources to %(comes)s: the lines lack %(difference)s. Look at %(years)s."
        )
        % values
    )


def yuan(amount: Decimal) -> str:
    """Write an amount to the fen, in groups of three."""
    return f"{amount:,.2f}"


def _problems_of_indicators(written: Written) -> Iterator[Problem]:
    for name, wanted in written.lifecycle.indicators.items():
        text = written.content.indicators.get(name, "")
        title, anchor = spoken(wanted.title), f"field-{name}"
        if not text:
            if wanted.needed:
                yield Problem(INDICATORS, anchor, title, _("No number is promised yet."))
        elif wanted.least is not None and Decimal(text) < wanted.least:
            values = {"number": grouped(Decimal(text)), "least": grouped(wanted.least)}
            words = _("%(number)s is less than the %(least)s asked for.") % values
            yield Problem(INDICATORS, anchor, title, words)


def _problems_of_files(written: Written) -> Iterator[Problem]:
    for name, wanted in written.lifecycle.files.items():
        title, sound = spoken(wanted.title), written.sound_files(name)
        blocked = [row for row in written.files.get(name, ()) if row.scan == FileState.INFECTED]
        for row in blocked:
            words = _("A virus was found in %(name)s; remove it and add a clean file.")
            yield Problem(FILES, f"file-{name}", title, words % {"name": row.file.name})
        if wanted.needed and not sound:
            yield Problem(FILES, f"file-{name}", title, _("The file is missing."))
        if len(sound) > wanted.most:
            words = ngettext(
                "Only %(most)d file is allowed.", "Only %(most)d files are allowed.", wanted.most
            )
            yield Problem(FILES, f"file-{name}", title, words % {"most": wanted.most})


def shown_day(text: str) -> str:
    """Write a kept day as the reader's language does."""
    return format_date(date.fromisoformat(text)) if text else ""

"""The table of reported results: a column for every result that some exam type of the pack converts."""

from functools import lru_cache
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, StringConstraints, create_model

from zhiqiao.apps.admissions.actions.importing import RESULT, record_results, result_problems
from zhiqiao.apps.admissions.rules import can_run_season
from zhiqiao.apps.admissions.schemas.offered import Number, SeasonForm, aliases_of, no_doubts
from zhiqiao.apps.admissions.schemas.scores import Titled, columns_of, titled
from zhiqiao.core.imports import Column, ImportSpec
from zhiqiao.core.imports.cells import Text

RESULTS_KEY = "admissions.results"
Given = Annotated[Text, StringConstraints(max_length=20)]


def results_import() -> ImportSpec:
    return _made(titled(lambda kind: kind.results))


@lru_cache(maxsize=4)
def _made(results: Titled) -> ImportSpec:
    number = Column(
        "number", _("Candidate number"), required=True, aliases=aliases_of("scores", "number")
    )
    fields: dict[str, Any] = {f"{RESULT}{name}": (Given, "") for name, _titles in results}
    row_model: type[BaseModel] = create_model("ResultRow", number=(Number, ...), **fields)
    return ImportSpec(
        key=RESULTS_KEY,
        title=_("Results of other examinations"),
        columns=(number, *columns_of(results, RESULT)),
        row_model=row_model,
        may=can_run_season,
        check=result_problems,
        doubts=no_doubts,
        commit=record_results,
        options_form=SeasonForm,
        next_step=_("The scheme converts them into marks; each candidate sees how."),
        is_personal=True,
    )

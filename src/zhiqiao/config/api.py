"""The open API: the routers of the apps under one address, with one way to answer errors."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import JSONRenderer

from zhiqiao.apps.accounts.api import admit
from zhiqiao.apps.admissions.api import router as admissions
from zhiqiao.apps.plan.api import router as plan
from zhiqiao.apps.plan.api import tasks_router as tasks
from zhiqiao.apps.projects.api import calls_router as calls
from zhiqiao.apps.projects.api import router as projects
from zhiqiao.apps.registry.api import router as registry
from zhiqiao.config.datasets import router as catalogue
from zhiqiao.core.api import answer_errors
from zhiqiao.core.scopes import Token, keep_doors, keep_private

PROBLEM = "application/problem+json"
JSON = "application/json"
CSV = "text/csv"


class DescribedAPI(NinjaAPI):
    """Adds to its description what the code knows: problems, scopes of tokens, lists as CSV.

    It is written once in a process: that takes a second of a core, and anybody may ask for it.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._written: dict[str, OpenAPISchema] = {}

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        root = options.get("path_prefix") or self.get_root_path(options.get("path_params") or {})
        if root not in self._written:
            self._written[root] = self._written_for(root)
        return self._written[root]

    def _written_for(self, root: str) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=root)
        doors = dict(self._doors())
        for path in schema["paths"].values():
            for operation in path.values():
                _name_problems(operation["responses"])
                _name_csv(operation["responses"])
                _name_scope(operation, doors[operation["operationId"]])
        return schema

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        response = super().create_temporal_response(request)
        response["Vary"] = "Authorization"
        keep_private(request, response)
        return response

    def _doors(self) -> Iterator[tuple[str, Token]]:
        for operation in self._operations():
            door = operation.auth_callbacks[0]
            if not isinstance(door, Token):
                raise TypeError(f"{operation.path} has no door.")
            yield operation.operation_id or self.get_openapi_operation_id(operation), door

    def _operations(self) -> Iterator[Operation]:
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                yield from view.operations


def _name_problems(responses: Mapping[Any, Any]) -> None:
    for status, answer in responses.items():
        if int(status) >= HTTPStatus.BAD_REQUEST:
            answer["content"] = {PROBLEM: answer["content"][JSON]}


def _name_csv(responses: Mapping[Any, Any]) -> None:
    content = responses[HTTPStatus.OK]["content"]
    if "/Listed_" in content[JSON]["schema"].get("$ref", ""):
        content[CSV] = {"schema": {"type": "string"}}


def _name_scope(operation: dict[str, Any], door: Token) -> None:
    name = type(door).__name__
    operation["security"] = [*([{}] if door.public else []), {name: [door.scope]}]


class ReadableJSON(JSONRenderer):
    """Chinese characters as they are: half the bytes of the escaped ones."""

    json_dumps_params = {"ensure_ascii": False}


api = DescribedAPI(
    title="Zhiqiao",
    version="1",
    description=(
        "The public records of the plan as open data: what the board says and why, the registers of "
        "recognised items, schools and bodies, regions, seasons of admission with places and lines. "
        "Missing is null, never 0. Bodies that take "
        "part in tasks read them and report with a token. Every list also comes as CSV."
    ),
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
    renderer=ReadableJSON(),
)
for router in (plan, projects, calls, registry, admissions, tasks, catalogue):
    api.add_router("", router)
answer_errors(api)
keep_doors(admit)

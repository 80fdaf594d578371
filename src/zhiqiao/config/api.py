"""The open API: the routers of the apps under one address, with one way to answer errors."""

from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from zhiqiao.apps.plan.api import router as plan
from zhiqiao.apps.projects.api import router as projects
from zhiqiao.apps.registry.api import router as registry
from zhiqiao.core.api import answer_errors

PROBLEM = "application/problem+json"
JSON = "application/json"


class DescribedAPI(NinjaAPI):
    """Says in its description that errors come as problems, not as plain JSON."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        for path in schema["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= HTTPStatus.BAD_REQUEST:
                        answer["content"] = {PROBLEM: answer["content"][JSON]}
        return schema


api = DescribedAPI(
    title="Zhiqiao",
    version="1",
    description=(
        "The public records of the plan as open data: what the board says and why, the registers of "
        "recognised items, schools and bodies, regions. Missing is null, never 0."
    ),
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
)
for router in (plan, projects, registry):
    api.add_router("", router)
answer_errors(api)

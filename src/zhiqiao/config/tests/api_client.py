"""A program that uses the API with a token, for tests."""

import json
from datetime import timedelta

from django.test import Client
from jsonschema_rs import Draft202012Validator

from zhiqiao.apps.accounts.actions import WantedToken, make_token
from zhiqiao.apps.accounts.models import User
from zhiqiao.config.api import api
from zhiqiao.core.dates import today
from zhiqiao.core.scopes import SCOPES

ROOT = "/api/v1"
PROBLEM = "application/problem+json"


def token_of(person, *, scopes=tuple(SCOPES)) -> str:
    wanted = WantedToken(name="程序", scopes=scopes, expires_on=today() + timedelta(days=30))
    return make_token(wanted, actor=User.objects.get(pk=person.pk)).text


class ProgramClient:
    """Calls addresses under the root of the API with a token."""

    def __init__(self, token: str = "") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path, headers=None, **query):
        return self.client.get(f"{ROOT}{path}", query, headers={**self.headers, **(headers or {})})

    def put(self, path, content, **headers):
        return self._send(self.client.put, path, content, headers)

    def post(self, path, content=None, **headers):
        return self._send(self.client.post, path, content, headers)

    def _send(self, call, path, content, headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return call(
            f"{ROOT}{path}",
            content,
            content_type="application/json",
            headers={**self.headers, **named},
        )


def program_of(person, *, scopes=tuple(SCOPES)) -> ProgramClient:
    return ProgramClient(token_of(person, scopes=scopes))


def refusal(answer) -> tuple[int, str]:
    """Give status and code of a refusal, which is a problem with a remedy."""
    assert answer["Content-Type"] == PROBLEM
    assert answer.json()["remedy"]
    return answer.status_code, answer.json()["code"]


def strange_in(answer, name, *, method="get") -> list[str]:
    """Say where an answer departs from its description."""
    described = json.loads(json.dumps(api.get_openapi_schema()))
    operation = described["paths"][f"{ROOT}{name}"][method]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    whole = {**schema, "components": described["components"]}
    assert answer.status_code == 200
    return [fault.message for fault in Draft202012Validator(whole).iter_errors(answer.json())]

"""Rules answer with a verdict: allowed, or refused with a code that page, API and log share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from zhiqiao.core.errors import RefusedError, RuleError, message_of

# None is the system itself: the worker, a command, a migration.
Actor: TypeAlias = AbstractBaseUser | AnonymousUser | None


@dataclass(frozen=True, slots=True)
class Verdict:
    allowed: bool
    code: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def message(self) -> str:
        return message_of(self.code, self.parameters) if self.code else ""


ALLOWED = Verdict(allowed=True)


def refused(code: str, **parameters: Any) -> Verdict:
    return Verdict(allowed=False, code=code, parameters=parameters)


def require(verdict: Verdict) -> None:
    if not verdict.allowed:
        raise RefusedError(verdict.code, **verdict.parameters)


def obey(verdict: Verdict) -> None:
    """Raise what a rule of the domain says; what the role forbids goes through ``require``."""
    if not verdict.allowed:
        raise RuleError(verdict.code, **verdict.parameters)

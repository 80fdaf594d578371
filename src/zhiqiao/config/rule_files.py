"""The rules.yaml of a folder that an engine runs on, read into its model."""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from zhiqiao.engines.matching import Fault, TableError

RULES = "rules.yaml"
NOT_UTF8 = 'is not UTF-8; save it as UTF-8 (in Excel: "CSV UTF-8").'
Model = TypeVar("Model", bound=BaseModel)


class _OnceLoader(yaml.SafeLoader):
    """Refuses a key that is given twice: the first would be lost in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - the library's signature
        seen: set[str] = set()
        for key, _value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                message = f"the key {key.value!r} is given twice"
                raise yaml.constructor.ConstructorError(None, None, message, key.start_mark)
            seen.add(key.value)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def exact_number(given: object) -> Decimal:
    """Take a number as it was written, not as a float remembers it."""
    try:
        return Decimal(str(given))
    except InvalidOperation as error:
        raise ValueError(f"{given!r} is no number") from error


def _said(message: str) -> str:
    return message.removeprefix("Value error, ")


def read_rule_file(path: Path, model: type[Model]) -> Model:
    """Read the rules, naming every part that is not understood.

    Raises TableError.
    """
    try:
        given = yaml.load(path.read_text(encoding="utf-8"), _OnceLoader)  # noqa: S506 - a safe loader
    except OSError as error:
        raise TableError([Fault(RULES, 0, "", f"cannot be read: {error.strerror}.")]) from error
    except UnicodeError as error:
        raise TableError([Fault(RULES, 0, "", NOT_UTF8)]) from error
    except yaml.YAMLError as error:
        message = f"cannot be read: {str(error).replace(chr(10), ' ')}"
        raise TableError([Fault(RULES, 0, "", message)]) from error
    given = {} if given is None else given
    if not isinstance(given, dict):
        message = "cannot be read: every line at the left edge is a name, a colon and a value."
        raise TableError([Fault(RULES, 0, "", message)])
    try:
        return model.model_validate(given)
    except ValidationError as error:
        faults = [
            Fault(RULES, 0, ".".join(map(str, each["loc"])), f"{_said(each['msg'])}.")
            for each in error.errors(include_url=False)
        ]
        raise TableError(faults) from error

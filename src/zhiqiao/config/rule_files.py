"""The rules.yaml of a folder that an engine runs on, read into its model."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from zhiqiao.engines.matching import Fault, TableError

RULES = "rules.yaml"
Model = TypeVar("Model", bound=BaseModel)


def read_rule_file(path: Path, model: type[Model]) -> Model:
    """Read the rules, naming every part that is not understood.

    Raises TableError.
    """
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        message = f"cannot be read: {str(error).replace(chr(10), ' ')}"
        raise TableError([Fault(RULES, 0, "", message)]) from error
    try:
        return model.model_validate(given if given is not None else {})
    except ValidationError as error:
        faults = [
            Fault(RULES, 0, ".".join(map(str, each["loc"])), f"{each['msg']}.")
            for each in error.errors(include_url=False)
        ]
        raise TableError(faults) from error

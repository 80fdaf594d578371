"""What is wrong with the environment, all of it told at once."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class BadValue:
    name: str
    given: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.name}={self.given!r}: {self.rule} {self.remedy}"


class EnvironmentValuesError(Exception):
    def __init__(self, problems: tuple[BadValue, ...]) -> None:
        self.problems = problems
        count = len(problems)
        heading = f"{count} environment variable{'' if count == 1 else 's'} cannot be used:"
        super().__init__("\n".join([heading, *(f"  - {problem}" for problem in problems)]))


def is_address(given: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(given)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False

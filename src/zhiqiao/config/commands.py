"""What the commands on plain files share: folders that they take, lines that they say, how they fail."""

from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import click

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
NEW_FOLDER = click.Path(file_okay=False, path_type=Path)


def say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def fail(error: Exception) -> NoReturn:
    said = str(error)
    if isinstance(error, OSError) and error.strerror:
        said = f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."
    raise click.ClickException(said) from error


def counted(number: int, one: str, more: str = "") -> str:
    """Say a number of things: 1 review, 2 reviews."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def end_with(wrong: list[str]) -> None:
    """Say what is wrong and fail, where anything is."""
    say(wrong)
    if wrong:
        raise click.ClickException(f"{counted(len(wrong), 'violation')}.")

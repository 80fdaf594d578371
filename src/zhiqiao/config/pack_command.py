"""``zhiqiao pack``: check a policy pack before it is used."""

from pathlib import Path

import click

from zhiqiao import packs


@click.group()
def pack() -> None:
    """Work with policy packs."""


@pack.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.pass_context
def check(context: click.Context, directory: Path) -> None:
    """Check the pack in DIRECTORY; exit with 1 when anything is wrong."""
    report = packs.check(directory)
    for line in report.lines():
        click.echo(line)
    if report.problems:
        said = "1 problem." if len(report.problems) == 1 else f"{len(report.problems)} problems."
        click.echo(said, err=True)
        context.exit(1)
    click.echo("No problems.")


@pack.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
def schema(directory: Path) -> None:
    """Write the JSON Schema of every pack file into DIRECTORY, for editors."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in packs.json_schemas().items():
        (directory / name).write_text(text, encoding="utf-8")
        click.echo(directory / name)

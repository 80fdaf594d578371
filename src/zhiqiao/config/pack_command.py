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
        click.echo(f"{len(report.problems)} problems.", err=True)
        context.exit(1)
    click.echo("No problems.")

"""The command line ``zhiqiao``: verbs for people who run the platform or check its rules."""

import importlib
import json
import os
import sys
from pathlib import Path

import click
import django
from django.core.management import execute_from_command_line
from rich.console import Console

from zhiqiao.config.formula_command import formula
from zhiqiao.config.pack_command import pack

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiqiao.config.settings")


COMMANDS = {
    "allocate": "zhiqiao.config.allocate_command",
    "assign": "zhiqiao.config.assign_command",
    "score": "zhiqiao.config.score_command",
}


class Commands(click.Group):
    """Loads a command that needs compiled loops only when it is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted([*super().list_commands(context), *COMMANDS])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return super().get_command(context, name)
        found: click.Command = getattr(importlib.import_module(COMMANDS[name]), name)
        return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="zhiqiao")
def main() -> None:
    """Zhiqiao, the vocational bridge: run a region's vocational education plan as a live board."""


main.add_command(pack)
main.add_command(formula)


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Run a command of Django, such as `zhiqiao manage migrate`."""
    execute_from_command_line(["zhiqiao manage", *arguments])


@main.command()
@click.option("--fresh", is_flag=True, help="Delete the data folder's contents and start over.")
@click.option("--no-serve", is_flag=True, help="Stop after the board is printed.")
@click.option("--development", is_flag=True, help="Reload the web server when code changes.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the web server.")
@click.option(
    "--candidates",
    type=click.IntRange(0, 1_000_000),
    default=30_000,
    show_default=True,
    help="Size of the demonstration season of admission; 0 leaves it out.",
)
@click.option(
    "--applications",
    type=click.IntRange(0, 20_000),
    default=400,
    show_default=True,
    help="Size of the demonstration call for online courses; 0 leaves it out.",
)
def demo(
    *,
    fresh: bool,
    no_serve: bool,
    development: bool,
    port: int | None,
    candidates: int,
    applications: int,
) -> None:
    """Prepare everything, print the board and serve it: the plan on real public records."""
    django.setup()
    from zhiqiao.config import demonstration  # noqa: PLC0415  # needs loaded apps

    console = Console()
    if fresh:
        demonstration.clear(console)
    demonstration.prepare(console, candidates=candidates, applications=applications)
    demonstration.print_board(console)
    if not no_serve:
        demonstration.serve(console, port=port, development=development)


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the web server.")
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True)
def serve(port: int | None, processes: int) -> None:
    """Run the web server alone."""
    from zhiqiao.config import processes as running  # noqa: PLC0415  # needs settings

    django.setup()
    running.run_web(port=port, processes=processes)


@main.command()
@click.option("--concurrency", type=click.IntRange(1, 32), default=2, show_default=True)
def worker(concurrency: int) -> None:
    """Run the worker of background jobs alone."""
    from zhiqiao.config import processes  # noqa: PLC0415  # needs the settings

    processes.take_lesser_role([*processes.worker_command(), f"--concurrency={concurrency}"])
    django.setup()
    from zhiqiao.core.jobs import run_worker  # noqa: PLC0415  # needs loaded apps

    run_worker(concurrency=concurrency)


@main.command()
@click.option("--format", "shape", type=click.Choice(["table", "json"]), default="table")
@click.option("--language", type=click.Choice(["zh-hans", "en"]), default="zh-hans")
def board(shape: str, language: str) -> None:
    """Print the targets of the plan with what may be said about them today."""
    django.setup()
    from django.utils import translation  # noqa: PLC0415  # needs settings

    from zhiqiao.config import demonstration  # noqa: PLC0415  # needs settings

    demonstration.require_tables()
    with translation.override(language):
        if shape == "json":
            json.dump(demonstration.board_rows(), sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        else:
            demonstration.print_board(Console(), language=language)


@main.command("check-runs")
@click.pass_context
def check_runs(context: click.Context) -> None:
    """Hold every published run of admission against what was signed of it; ends with 1 if one departs."""
    django.setup()
    from zhiqiao.config.demonstration import require_tables  # noqa: PLC0415  # needs loaded apps
    from zhiqiao.config.published_runs import lines_of_checks  # noqa: PLC0415  # needs loaded apps

    require_tables()
    departs = False
    for line, is_sound in lines_of_checks():
        click.echo(line)
        departs = departs or not is_sound
    if departs:
        context.exit(1)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Write a backup of database and files into FOLDER, which must not exist yet."""
    django.setup()
    from zhiqiao.config.backup import make_backup  # noqa: PLC0415  # needs loaded apps
    from zhiqiao.config.demonstration import require_tables  # noqa: PLC0415  # needs loaded apps
    from zhiqiao.core import marks  # noqa: PLC0415  # needs the settings

    require_tables()
    inventory = make_backup(folder)
    marks.note(marks.BACKUP)
    rows = sum(inventory["tables"].values())
    click.echo(f"{folder}: {rows} rows, {inventory['files']['number']} files.")
    click.echo(f"Try it now and then: zhiqiao drill restore {folder}")


@main.command()
@click.option("--worker", is_flag=True, help="A silent worker is a failure too.")
@click.pass_context
def health(context: click.Context, *, worker: bool) -> None:
    """Print the state of the installation as JSON; ends with 1 when it cannot work."""
    django.setup()
    from zhiqiao.core.health import state, verdict  # noqa: PLC0415  # needs loaded apps

    parts = state()
    said = verdict(parts)
    click.echo(json.dumps({"status": said, **parts}))
    if said == "unavailable" or (worker and parts["worker"] != "ok"):
        context.exit(1)


@main.command()
@click.option(
    "--backup",
    "folder",
    type=click.Path(path_type=Path),
    help="Where the backup goes; the default is in the data folder.",
)
def upgrade(folder: Path | None) -> None:
    """Back up, apply the migrations of this release, and check the result."""
    django.setup()
    from django.conf import settings  # noqa: PLC0415  # needs the environment
    from django.utils import timezone  # noqa: PLC0415  # needs the environment

    from zhiqiao.config.upgrade import upgrade as upgraded  # noqa: PLC0415  # needs loaded apps

    name = f"before-upgrade-{timezone.now():%Y-%m-%dT%H%M%SZ}"
    done = upgraded(folder or settings.ZHIQIAO_HOME / "backups" / name, say=click.echo)
    if done.backup is None:
        click.echo("The database is of this release already.")
    click.echo(f"Rows, seals and {done.figures} figures of the board are in order.")


@main.group()
def drill() -> None:
    """Try out what must work on a bad day."""


@drill.command("restore")
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_context
def drill_restore(context: click.Context, folder: Path) -> None:
    """Restore the backup in FOLDER into a fresh server and compare counts, seals and boards."""
    django.setup()
    from zhiqiao.config.drill import restore_drill  # noqa: PLC0415  # needs loaded apps
    from zhiqiao.core import marks  # noqa: PLC0415  # needs the settings

    lines, seconds = restore_drill(folder)
    wrong = [line for line in lines if not line.agrees]
    for line in wrong:
        click.echo(f"differs: {line.what}: {line.backup} in the backup, {line.copy} restored")
    click.echo(f"{len(lines) - len(wrong)} of {len(lines)} compared things agree; {seconds:.0f} s.")
    if wrong:
        context.exit(1)
    marks.note(marks.DRILL)
    click.echo("The backup can be restored.")


@main.command("restore-here", hidden=True)
@click.argument("folder", type=click.Path(path_type=Path))
def restore_here(folder: Path) -> None:
    """Fill the empty data folder of ZHIQIAO_HOME from the backup in FOLDER."""
    django.setup()
    from zhiqiao.config.drill import restore_here as restored  # noqa: PLC0415  # needs loaded apps

    json.dump(restored(folder), sys.stdout)

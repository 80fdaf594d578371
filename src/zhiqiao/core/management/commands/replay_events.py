"""``zhiqiao manage replay_events RECEIVER --since DAY [--until DAY] --reason WORDS``."""

from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from zhiqiao.core.dates import region_zone
from zhiqiao.core.errors import MissingError
from zhiqiao.core.events import replay


class Command(BaseCommand):
    help = "Tell one receiver again what happened between two days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("receiver")
        parser.add_argument("--since", required=True, help="first day, such as 2026-11-01")
        parser.add_argument("--until", default="", help="last day; today when left out")
        parser.add_argument("--reason", required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        since = _beginning(options["since"])
        until = _beginning(options["until"]) + timedelta(days=1) if options["until"] else None
        try:
            number = replay(
                options["receiver"],
                since=since,
                until=until or timezone.now(),
                actor=None,
                reason=options["reason"],
            )
        except MissingError as error:
            raise CommandError(f"{error.message} {error.remedy}") from error
        self.stdout.write(f"{number} events are told to {options['receiver']} again.")


def _beginning(day: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day), time(), tzinfo=region_zone())
    except ValueError as error:
        raise CommandError(f"{day} is no day; write it as 2026-11-01.") from error

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from zhiqiao.apps.accounts.actions import NewAccount, Person, bootstrap_administrators
from zhiqiao.core.errors import ZhiqiaoError


class Command(BaseCommand):
    help = "Opens the accounts of the system and the security administrator, for two persons."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for part in ("system", "security"):
            parser.add_argument(f"--{part}-login", required=True)
            parser.add_argument(f"--{part}-name", required=True)
        parser.add_argument("--organisation", required=True)

    def handle(self, *_args: object, **options: str) -> None:
        try:
            accounts = bootstrap_administrators(
                system_admin=_person(options, "system"),
                security_admin=_person(options, "security"),
                organisation=options["organisation"],
            )
        except ZhiqiaoError as error:
            raise CommandError(f"{error.message} {error.remedy}") from error
        for account in accounts:
            self.stdout.write(_line(account))


def _person(options: dict[str, str], part: str) -> Person:
    return Person(login=options[f"{part}_login"], name=options[f"{part}_name"])


def _line(account: NewAccount) -> str:
    line = _("%(login)s: one-time password %(password)s (shown once; change it at the first visit)")
    return line % {"login": account.user.login, "password": account.one_time_password}

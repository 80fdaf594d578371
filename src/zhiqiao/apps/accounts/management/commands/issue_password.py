from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from zhiqiao.apps.accounts.actions import issue_one_time_password
from zhiqiao.apps.accounts.models import User


class Command(BaseCommand):
    help = "Issues a one-time password as the operator of the server, when no administrator can."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login")
        parser.add_argument("--reason", required=True)

    def handle(self, *_args: object, **options: str) -> None:
        user = User.objects.filter(login=options["login"]).first()
        if user is None:
            raise CommandError(_("No account has this login name."))
        account = issue_one_time_password(user, actor=None, reason=options["reason"])
        self.stdout.write(account.one_time_password)

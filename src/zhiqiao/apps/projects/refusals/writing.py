"""What is refused to those who write an application along."""

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.errors import define

define(
    "projects.coauthor-unknown",
    message=_("There is no account “%(login)s” that could write along."),
    remedy=_(
        "Ask for the login name as it is used to sign in. Clerks of schools, firms and departments can write"
        " along; whoever judges or recommends the application cannot."
    ),
    status=422,
)
define(
    "projects.coauthor-writes-already",
    message=_("“%(login)s” can write in this application already."),
    remedy=_("Nothing needs to be done."),
    status=422,
)

"""Addresses that fail in each way that a view can fail."""

import errno

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.urls import path
from psycopg import errors as postgres

from zhiqiao.core.errors import (
    InputError,
    MissingError,
    RefusedError,
    RuleError,
    TooLargeError,
    UnavailableError,
)


def database_error(cause):
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


FAULTS = {
    "rule": lambda: RuleError("core.job_ended"),
    "input": lambda: InputError("core.region_code_unreadable", given="<b>x</b>", row=7, column="c"),
    "refused": lambda: RefusedError("core.refused"),
    "missing": lambda: MissingError("core.missing"),
    "large": lambda: TooLargeError("core.too_large"),
    "unavailable": lambda: UnavailableError("core.database_away"),
    "permission": PermissionDenied,
    "404": Http404,
    "connection": lambda: database_error(postgres.ConnectionFailure("gone")),
    "connect": lambda: database_error(postgres.OperationalError("connection refused")),
    "deadlock": lambda: database_error(postgres.DeadlockDetected("deadlock")),
    "disk": lambda: database_error(postgres.DiskFull("full")),
    "nospace": lambda: OSError(errno.ENOSPC, "No space left on device"),
    "toobig": lambda: OSError(errno.EFBIG, "File too large"),
    "fault": ZeroDivisionError,
}


def fail(request, name):
    fault = FAULTS[name]()
    raise fault


def echo(request):
    return HttpResponse(str(sorted(request.POST.items())))


urlpatterns = [path("fail/<str:name>", fail), path("echo", echo)]

handler400 = "zhiqiao.core.views.bad_request"
handler403 = "zhiqiao.core.views.forbidden"
handler404 = "zhiqiao.core.views.missing"
handler500 = "zhiqiao.core.views.failed"

"""Where a session is used from, noted in one statement."""

from allauth.core.internal.httpkit import get_client_ip
from allauth.usersessions.models import UserSession
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

LONGEST_PROGRAM = 200

_NOTE = """
    INSERT INTO usersessions_usersession
        (session_key, user_id, ip, user_agent, created_at, last_seen_at, data)
    VALUES (%s, %s, %s, %s, %s, %s, '{}')
    ON CONFLICT (session_key) DO UPDATE SET user_id = excluded.user_id, ip = excluded.ip,
        user_agent = excluded.user_agent, last_seen_at = excluded.last_seen_at
"""


def note_session(request: HttpRequest) -> None:
    """Keep address, program and time of the request with its session."""
    now = timezone.now()
    program = request.headers.get("User-Agent", "")[: _longest()]
    values = [
        request.session.session_key,
        request.user.pk,
        get_client_ip(request),
        program,
        now,
        now,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, values)


def _longest() -> int:
    return UserSession._meta.get_field("user_agent").max_length or LONGEST_PROGRAM  # noqa: SLF001 - Django's documented name

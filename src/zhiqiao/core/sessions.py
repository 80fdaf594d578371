"""Where a session is used from, noted in one statement."""

from allauth.core.internal.httpkit import HTTP_USER_AGENT_MAX_LENGTH, get_client_ip
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

# Between address and program in the name of a place; no address holds one.
BETWEEN = " "
MOST_PLACES = 20

_NOTE = """
    INSERT INTO usersessions_usersession AS kept
        (session_key, user_id, ip, user_agent, created_at, last_seen_at, data)
    VALUES (%(key)s, %(user)s, %(address)s, %(program)s, %(now)s, %(now)s,
        jsonb_build_object(%(place)s::text, %(moment)s::text))
    ON CONFLICT (session_key) DO UPDATE SET user_id = excluded.user_id, ip = excluded.ip,
        user_agent = excluded.user_agent, last_seen_at = excluded.last_seen_at,
        data = CASE
            WHEN jsonb_exists(kept.data, %(place)s)
                OR (SELECT count(*) FROM jsonb_object_keys(kept.data)) < %(most)s
            THEN kept.data || excluded.data ELSE kept.data END
"""


def note_session(request: HttpRequest) -> None:
    """Keep address, program and time of the request with its session, beside every earlier place.

    So a session that somebody stole shows two places, whoever used it last.
    """
    now = timezone.now()
    program = request.headers.get("User-Agent", "")[:HTTP_USER_AGENT_MAX_LENGTH]
    address = get_client_ip(request)
    values = {
        "key": request.session.session_key,
        "user": request.user.pk,
        "address": address,
        "program": program,
        "now": now,
        "place": f"{address}{BETWEEN}{program}",
        "moment": now.isoformat(),
        "most": MOST_PLACES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, values)

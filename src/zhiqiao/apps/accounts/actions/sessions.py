from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone


@transaction.atomic
def forget_ended_sessions() -> int:
    """Remove sessions that have expired, with the places that they were used from."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    living = Session.objects.values("session_key")
    ended: int = UserSession.objects.exclude(session_key__in=living).delete()[0]
    return ended

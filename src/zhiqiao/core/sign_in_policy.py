"""What is asked of passwords, second factors and sessions: two profiles, chosen by the installation.

``modern`` follows OWASP ASVS 5 (no rules of composition, no forced change: 6.2.5, 6.2.10);
``mlps3`` follows GB/T 22239-2019, 8.1.4.1 (complexity, regular change, two factors), which asks for
what the other forbids. An installation that is graded takes the second one.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class OutsideIdentity:
    """The system whose accounts may sign in here, as the installation names it."""

    url: str  # the issuer; its description stands below it
    name: str  # as people know the system
    client_id: str
    client_secret: str = field(repr=False)

    @property
    def origin(self) -> str:
        """Where a form that leads there ends up, for the policy of pages."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class SignInProfile:
    """Rules of one profile; ``None`` means that the profile has no such rule.

    ``character_classes`` of small letters, capitals, digits and other signs are needed;
    ``second_factor_for`` names roles, all of them where it is ``ALL_ROLES``.
    """

    name: str
    shortest_password: int
    character_classes: int
    password_lives: timedelta | None
    passwords_remembered: int
    second_factor_for: frozenset[str]
    session_lives: timedelta
    session_is_prolonged: bool
    session_ends: timedelta  # after this it is over, however often it was used


ALL_ROLES = frozenset({"*"})
PROFILES = {
    profile.name: profile
    for profile in (
        SignInProfile(
            name="modern",
            shortest_password=10,
            character_classes=0,
            password_lives=None,
            passwords_remembered=0,
            second_factor_for=frozenset(),
            session_lives=timedelta(hours=12),
            session_is_prolonged=False,
            session_ends=timedelta(hours=12),
        ),
        SignInProfile(
            name="mlps3",
            shortest_password=10,
            character_classes=3,
            password_lives=timedelta(days=90),
            passwords_remembered=5,
            second_factor_for=ALL_ROLES,
            session_lives=timedelta(minutes=30),
            session_is_prolonged=True,
            session_ends=timedelta(hours=12),
        ),
    )
}


def needs_second_factor(profile: SignInProfile, role: str) -> bool:
    """Say whether a role has no effect without a second factor."""
    return profile.second_factor_for == ALL_ROLES or role in profile.second_factor_for

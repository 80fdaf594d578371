"""How passwords are hashed, and what they must be made of."""

import re

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")


class Argon2id(Argon2PasswordHasher):
    """Argon2id as OWASP advises (19 MiB, two passes): about 20 ms instead of 250."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1


class CharacterClasses:
    """Asks for several of small letters, capitals, digits and other signs."""

    def __init__(self, number: int) -> None:
        self.number = number

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:  # noqa: ARG002 - Django's signature
        if sum(bool(re.search(one, password)) for one in CLASSES) < self.number:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        text = _("Use at least %(number)s of: small letters, capitals, digits, other signs.")
        return text % {"number": self.number}

import pgtrigger
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import connection, models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.choices import ADMIN_ROLES, Language, Role
from zhiqiao.core.models_base import Identified
from zhiqiao.core.sign_in_policy import needs_second_factor

_ADMIN_LIST = ", ".join(f"'{role.value}'" for role in sorted(ADMIN_ROLES))

# Locks the person's row, so that two grants made at once see each other.
_SEPARATION = f"""
    IF NEW.ended_at IS NULL THEN
        PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR UPDATE;
        IF EXISTS (
            SELECT 1 FROM accounts_membership other
            WHERE other.user_id = NEW.user_id AND other.id <> NEW.id AND other.ended_at IS NULL
              AND other.role <> NEW.role
              AND (other.role IN ({_ADMIN_LIST}) OR NEW.role IN ({_ADMIN_LIST}))
        ) THEN
            RAISE EXCEPTION USING
                ERRCODE = 'check_violation',
                CONSTRAINT = 'membership_separates_administrators',
                MESSAGE = 'membership_separates_administrators: '
                    'an administrator holds no other role';
        END IF;
    END IF;
    RETURN NEW;
"""  # noqa: S608 - the list is made of our own constants, not of anything given


class UsersByLogin(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(login__iexact=username)


class User(AbstractBaseUser, Identified):
    """A person who can sign in. What the person may do is said by memberships alone.

    There is no superuser. An account whose password was issued by an administrator has no role in
    effect until its owner has set another password. Where it held roles already, a security
    administrator must also confirm that the owner has it: who issues a password knows it, and could
    otherwise take the roles over.
    """

    login = models.CharField(_("login name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("e-mail address"), blank=True)
    is_active = models.BooleanField(_("can sign in"), default=True)
    is_demonstration = models.BooleanField(_("sample account"), default=False)
    must_change_password = models.BooleanField(_("must set a password"), default=False)
    must_be_confirmed = models.BooleanField(_("must be confirmed"), default=False)
    password_set_at = models.DateTimeField(_("password set at"), null=True, blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=Language, default=Language.CHINESE
    )
    date_joined = models.DateTimeField(_("created at"))

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UsersByLogin()

    class Meta:
        ordering = ["login"]
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_is_unique", condition=~models.Q(email="")
            ),
            models.CheckConstraint(
                name="user_login_is_readable",
                condition=models.Q(login__regex=r"^[a-z0-9][a-z0-9._-]{1,59}$"),
            ),
            models.CheckConstraint(
                name="user_language_is_known", condition=models.Q(language__in=Language.values)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def in_effect(self) -> bool:
        """Say whether roles count: not when closed, before a new password, or unconfirmed."""
        return self.is_active and not self.must_change_password and not self.must_be_confirmed

    @cached_property
    def roles_held(self) -> tuple[tuple[str, int], ...]:
        """Return (role, organisation) of the memberships in force, read once per instance.

        A role that the sign-in profile ties to a second factor has no effect without one.
        """
        if not self.in_effect:
            return ()
        with connection.cursor() as cursor:
            # Row-level security asked for them, too, when the cursor was opened for this person.
            if "roles_held" in self.__dict__:
                known: tuple[tuple[str, int], ...] = self.__dict__["roles_held"]
                return known
            cursor.execute(
                "SELECT role, organisation_id, EXISTS (SELECT 1 FROM mfa_authenticator factor"
                " WHERE factor.user_id = held.user_id AND factor.type IN ('totp', 'webauthn'))"
                " FROM accounts_membership held WHERE user_id = %s AND ended_at IS NULL",
                [self.pk],
            )
            held = cursor.fetchall()
        profile = settings.ZHIQIAO_SIGN_IN
        return tuple(
            (role, where)
            for role, where, has_factor in held
            if has_factor or not needs_second_factor(profile, role)
        )

    @property
    def role_names(self) -> frozenset[str]:
        return frozenset(role for role, _organisation in self.roles_held)

    def forget_roles(self) -> None:
        """Read the memberships again when asked next; called after a grant or its end."""
        self.__dict__.pop("roles_held", None)


class Membership(models.Model):
    """A role that a person holds in an organisation, from a grant until its end.

    The three administrators are separate persons, and none of them does business: a trigger
    refuses what the rule refuses.
    """

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("user")
    )
    organisation = models.ForeignKey(
        "registry.Organisation",
        on_delete=models.PROTECT,
        related_name="memberships",
        verbose_name=_("organisation"),
    )
    role = models.CharField(_("role"), max_length=16, choices=Role)
    granted_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="grants",
        verbose_name=_("granted by"),
    )
    granted_at = models.DateTimeField(_("granted at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        ordering = ["user_id", "granted_at", "id"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                name="membership_role_is_granted_once",
                fields=["user", "organisation", "role"],
                condition=models.Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="membership_role_is_known", condition=models.Q(role__in=Role.values)
            ),
            models.CheckConstraint(
                name="membership_is_not_granted_to_oneself",
                condition=models.Q(granted_by__isnull=True)
                | ~models.Q(granted_by=models.F("user")),
            ),
            models.CheckConstraint(
                name="membership_ends_after_its_grant",
                condition=models.Q(ended_at__isnull=True)
                | models.Q(ended_at__gte=models.F("granted_at")),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="membership_separation",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_SEPARATION,
            )
        ]

    def __str__(self) -> str:
        return self.role

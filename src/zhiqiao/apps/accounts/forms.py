from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import urlsplit

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.idp.oidc.forms import AuthorizationForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from zhiqiao.apps.accounts.actions import WantedApplication, WantedToken
from zhiqiao.apps.accounts.choices import ADMIN_ROLES, BUSINESS_ROLES, Language, Role, Shared
from zhiqiao.apps.accounts.models import User
from zhiqiao.apps.accounts.queries import people_of
from zhiqiao.apps.registry.queries import organisations_named, organisations_visible_to
from zhiqiao.core.access import Actor
from zhiqiao.core.dates import today
from zhiqiao.core.scopes import SCOPES


class SignInForm(LoginForm):  # type: ignore[misc] # allauth has no types
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Login name or e-mail address")
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields.pop("remember", None)


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc] # allauth has no types
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": _("Present password"),
            "password1": _("New password"),
            "password2": _("New password, once more"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["password1"].help_text = _(
            "At least ten characters. A few words that only you would put together are best."
        )


class AccountForm(forms.Form):
    login = forms.CharField(
        label=_("Login name"),
        max_length=60,
        help_text=_("Small letters, digits, dots, hyphens; it is never changed later."),
    )
    name = forms.CharField(label=_("Name of the person"), max_length=100)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language)


class ReasonForm(forms.Form):
    """One line that the audit keeps with what was done."""

    reason = forms.CharField(
        label=_("Reason for the change"),
        max_length=300,
        help_text=_("The audit administrator reads it; name the request or the rule."),
    )


class OrganisationForm(forms.Form):
    """Takes the name of an organisation and gives its key."""

    organisation = forms.CharField(
        label=_("Organisation"),
        max_length=200,
        help_text=_("The full name as the registry has it."),
    )

    def __init__(self, *args: object, actor: Actor, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._actor = actor

    def clean_organisation(self) -> int:
        given = self.cleaned_data["organisation"].strip()
        own = organisations_visible_to(self._actor).filter(name=given).values_list("pk", flat=True)
        if len(own) == 1:
            return int(own[0])
        match = organisations_named([given])[given]
        if match.organisation_id is not None:
            return match.organisation_id
        names = ", ".join(candidate.name for candidate in match.candidates)
        if names:
            message = _("The registry has no %(given)s. Did you mean: %(names)s?")
        else:
            message = _("The registry has no %(given)s. Look it up on the page of organisations.")
        raise forms.ValidationError(message, params={"given": given, "names": names})


class GrantForm(OrganisationForm, ReasonForm):
    role = forms.ChoiceField(label=_("Role"), choices=Role)
    field_order = ("role", "organisation", "reason")


class GuestForm(OrganisationForm):
    name = forms.CharField(label=_("Name of the person"), max_length=100)
    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(
        label=_("Proposed role"),
        choices=[(role.value, role.label) for role in Role if role in BUSINESS_ROLES],
        help_text=_("It has no effect until a security administrator has spoken with the person."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language)
    field_order = ("name", "email", "organisation", "role", "language")


class ApplicationForm(OrganisationForm):
    name = forms.CharField(label=_("Name of the system"), max_length=60)
    address = forms.CharField(
        label=_("Return address"),
        max_length=300,
        help_text=_(
            "The exact address to which people come back, as the system's manual gives it."
        ),
    )
    field_order = ("name", "organisation", "address")

    def clean_address(self) -> str:
        """Take one whole address over https; http only on this machine, for trying out."""
        address: str = self.cleaned_data["address"].strip()
        parts = urlsplit(address)
        is_near = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1"}
        if not (parts.scheme == "https" or is_near) or not parts.hostname:
            raise forms.ValidationError(_("The address begins with https:// and a host."))
        if parts.fragment or "*" in address or "@" in parts.netloc or len(address.split()) != 1:
            raise forms.ValidationError(
                _("The address holds no #, no *, no user name and no blank.")
            )
        return address

    def wanted(self) -> WantedApplication:
        given = self.cleaned_data
        return WantedApplication(given["name"].strip(), given["organisation"], given["address"])


class ConsentForm(AuthorizationForm):  # type: ignore[misc] # allauth has no types
    """What a person lets a connected system know besides that it is the same person again."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scopes"]
        field.label, field.required = _("The system asks to know"), False
        field.choices = [choice for choice in field.choices if choice[0] != Shared.WHO]

    def clean_scopes(self) -> list[str]:
        return [Shared.WHO.value, *self.cleaned_data["scopes"]]


class AcceptForm(forms.Form):
    login = forms.CharField(
        label=_("Login name"),
        max_length=60,
        help_text=_("Small letters, digits, dots, hyphens; it is never changed later."),
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_(
            "At least ten characters. A few words that only you would put together are best."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password, once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: object, name: str, email: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._name, self._email = name, email

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if given.get("password") != given.get("again"):
            self.add_error("again", _("The two passwords are not the same."))
        elif "password" in given:
            person = User(login=given.get("login", ""), name=self._name, email=self._email)
            try:
                validate_password(given["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return given


class EndForm(ReasonForm):
    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["membership"] = forms.ModelChoiceField(
            queryset=user.memberships.all(), widget=forms.HiddenInput
        )


class KeyForm(AddWebAuthnForm):  # type: ignore[misc] # allauth has no types
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
        self.fields["passwordless"].label = _("Sign in with this key alone")
        self.fields["passwordless"].help_text = _(
            "The key then asks for your fingerprint, face or number, and no password is needed."
        )


class KeyNameForm(EditWebAuthnForm):  # type: ignore[misc] # allauth has no types
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")


class AppForm(ActivateTOTPForm):  # type: ignore[misc] # allauth has no types
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Six digits of the app")
        self.fields["code"].widget.attrs.pop("placeholder", None)


class FactorForm(AuthenticateForm):  # type: ignore[misc] # allauth has no types
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Digits of the app, or a recovery code")
        self.fields["code"].widget.attrs.pop("placeholder", None)


def _in_ninety_days() -> date:
    return today() + timedelta(days=90)


class TokenForm(forms.Form):
    """What a program is to be called, what it may do, and until when."""

    name = forms.CharField(
        label=_("Name of the program"),
        max_length=60,
        help_text=_("By it you know later what the token is for."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What the program may do"),
        choices=lambda: [(scope, f"{words} ({scope})") for scope, words in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Never more than you may do yourself on that day. Choose as little as it needs."
        ),
    )
    expires_on = forms.DateField(
        label=_("Valid until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=_in_ninety_days,
        help_text=_("A year at most."),
    )

    def wanted(self) -> WantedToken:
        return WantedToken(**self.cleaned_data)


class OfferForm(TokenForm):
    organisation = forms.TypedChoiceField(
        label=_("Only for"),
        coerce=int,
        help_text=_("The program acts for this body alone, whatever else the person does."),
    )
    per_minute = forms.IntegerField(
        label=_("Requests in a minute"), min_value=1, max_value=6_000, initial=120
    )
    field_order = ("name", "organisation", "scopes", "expires_on", "per_minute")

    def __init__(self, *args: object, owner: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        held = owner.memberships.filter(ended_at=None).exclude(role__in=ADMIN_ROLES)
        names = dict(held.values_list("organisation_id", "organisation__name"))
        self.fields["organisation"].choices = list(names.items())  # type: ignore[attr-defined]


class LeavingForm(ReasonForm):
    """One successor for each body in which the person holds something."""

    def __init__(
        self, *args: object, person: User, bodies: Mapping[int, str], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._bodies = bodies
        for organisation, name in bodies.items():
            self.fields[f"body_{organisation}"] = forms.ModelChoiceField(
                label=_("Takes over for %(body)s") % {"body": name},
                queryset=people_of(organisation).exclude(pk=person.pk),
            )
        self.order_fields([*(f"body_{organisation}" for organisation in bodies), "reason"])

    def successors(self) -> dict[int, User]:
        return {body: self.cleaned_data[f"body_{body}"] for body in self._bodies}

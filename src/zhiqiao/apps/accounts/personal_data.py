"""What accounts keep about people."""

from django.utils.translation import gettext_lazy as _

from zhiqiao.core.personal_data import Kept, declare

PUBLIC_DUTY = _("Needed for a public duty (Personal Information Protection Law, article 13)")

declare(
    Kept(
        name="accounts.8-outside",
        people=_("Everybody who signs in with an account of another system"),
        what=_("A digest of issuer and subject there, since when, and when last used"),
        purpose=_("To recognise that the same person is back"),
        ground=_("Agreed to by the person (Personal Information Protection Law, article 13)"),
        period=_(
            "Until the person disconnects it, the account closes, or its password is issued anew"
        ),
        readers=_("The person"),
        protection=_("A digest only; no name, address or token of the other system is kept"),
        columns={
            "socialaccount.socialaccount": (
                "user",
                "uid",
                "extra_data",
                "last_login",
                "date_joined",
            ),
        },
    ),
    Kept(
        name="accounts.7-systems",
        people=_("Everybody who signs in to a connected system from here"),
        what=_("Which system was given what, and until when"),
        purpose=_("So that a system can ask who signed in"),
        ground=_("Agreed to by the person (Personal Information Protection Law, article 13)"),
        period=_("An hour; removed when the account closes or its sessions end"),
        readers=_("Nobody"),
        protection=_("Only hashes of what the system holds; asked of the person before"),
        columns={
            "allauth_idp_oidc.token": ("user", "client", "scopes", "created_at", "expires_at"),
            "allauth_idp_oidc.client": ("owner",),
            "accounts.application": ("registered_by", "registered_at"),
        },
    ),
    Kept(
        name="accounts.1-account",
        people=_("Everybody with an account"),
        what=_(
            "Login name, name, e-mail address, language, and when the account was made and used"
        ),
        purpose=_("To sign in, to be told of duties, and to say who did what"),
        ground=PUBLIC_DUTY,
        period=_("As long as the account; a closed one stays, because the audit trail names it"),
        readers=_("The person; system and security administrators"),
        protection=_("Address masked; whoever looks stands in the person's own log"),
        columns={
            "accounts.user": ("login", "name", "email", "language", "last_login", "date_joined"),
            "account.emailaddress": ("user", "email"),
            "account.emailconfirmation": ("email_address",),
        },
    ),
    Kept(
        name="accounts.2-secrets",
        people=_("Everybody with an account"),
        what=_("Passwords and second factors"),
        purpose=_("To make sure that it is the person who signs in"),
        ground=PUBLIC_DUTY,
        period=_("Until replaced or reset; old passwords only where the profile forbids them"),
        readers=_("Nobody"),
        protection=_("Passwords hashed, factors sealed with a key of the installation"),
        columns={
            "accounts.user": ("password", "password_set_at"),
            "accounts.usedpassword": ("user", "password", "at"),
            "mfa.authenticator": ("user", "type", "data", "created_at", "last_used_at"),
        },
    ),
    Kept(
        name="accounts.3-roles",
        people=_("Everybody with a role"),
        what=_("Roles, the organisation, who granted them and when they ended"),
        purpose=_("To decide what the person may see and do"),
        ground=PUBLIC_DUTY,
        period=_("For good, because it explains what was done"),
        readers=_("The person; system and security administrators"),
        protection=_("Every grant and its end is audited"),
        columns={
            "accounts.membership": (
                "user",
                "organisation",
                "role",
                "granted_by",
                "granted_at",
                "ended_at",
            ),
        },
    ),
    Kept(
        name="accounts.4-sessions",
        people=_("Everybody who signs in"),
        what=_("Network address, browser and time of every place where a session was used"),
        purpose=_("So that the person can find and end a session that is not theirs"),
        ground=PUBLIC_DUTY,
        period=_("Until the session ends; removed the morning after"),
        readers=_("The person"),
        protection=_("Address shown in part only"),
        columns={
            "usersessions.usersession": (
                "user",
                "ip",
                "user_agent",
                "created_at",
                "last_seen_at",
                "session_key",
                "data",
            ),
            "sessions.session": ("session_key", "session_data"),
        },
    ),
    Kept(
        name="accounts.5-invitations",
        people=_("People who were invited"),
        what=_("Name, e-mail address, language and proposed role"),
        purpose=_("To let the person open an account"),
        ground=PUBLIC_DUTY,
        period=_("Name and address 90 days beyond the end of the invitation"),
        readers=_("System and security administrators"),
        protection=_("The address is in no audit entry; only a hash of the link is kept"),
        columns={
            "accounts.invitation": (
                "name",
                "email",
                "language",
                "role",
                "invited_by",
                "account",
            ),
        },
    ),
    Kept(
        name="accounts.6-tokens",
        people=_("People whose programs use the API"),
        what=_("Tokens with their scopes, who made them, and the networks they were used from"),
        purpose=_("So that a program can act for a person and misuse shows"),
        ground=PUBLIC_DUTY,
        period=_("For good, because it explains what was done; kept answers a day"),
        readers=_("The person; the security administrator"),
        protection=_("Only a hash of the token; networks instead of addresses"),
        columns={
            "accounts.apitoken": ("owner", "made_by", "networks", "last_used_on"),
            "accounts.tokenrate": ("token", "minute"),
            "accounts.keptanswer": ("token", "content"),
        },
    ),
)

from django.urls import URLPattern, URLResolver, path

from zhiqiao.apps.accounts import views

app_name = "accounts"

# The sign-in pages have the addresses that allauth expects; the last line keeps its other pages
# (sign-up, mail addresses, resets by mail) away, because nobody can use them here.
urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", views.sign_in, name="sign_in"),
    path("logout/", views.sign_out, name="sign_out"),
    path("inactive/", views.show_closed, name="closed"),
    path("password/change/", views.change_password, name="change_password"),
    path("reauthenticate/", views.ask_password_again, name="again"),
    path("2fa/", views.show_factors, name="factors"),
    path("2fa/authenticate/", views.ask_factor, name="ask_factor"),
    path("2fa/reauthenticate/", views.ask_code_again, name="ask_code_again"),
    path("2fa/totp/activate/", views.add_app, name="add_app"),
    path("2fa/totp/deactivate/", views.remove_app, name="remove_app"),
    path("2fa/recovery-codes/", views.show_codes, name="codes"),
    path("2fa/recovery-codes/generate/", views.draw_codes, name="draw_codes"),
    path("2fa/webauthn/", views.show_keys, name="keys"),
    path("2fa/webauthn/add/", views.add_key, name="add_key"),
    path("2fa/webauthn/login/", views.sign_in_by_key, name="sign_in_by_key"),
    path("2fa/webauthn/reauthenticate/", views.ask_key_again, name="ask_key_again"),
    path("2fa/webauthn/keys/<int:pk>/remove/", views.remove_key, name="remove_key"),
    path("2fa/webauthn/keys/<int:pk>/edit/", views.name_key, name="name_key"),
    path("sessions/", views.show_sessions, name="sessions"),
    path("sessions/others/end/", views.end_other_sessions, name="end_other_sessions"),
    path("sessions/<int:pk>/end/", views.end_session, name="end_session"),
    path("profile/", views.show_profile, name="profile"),
    path("invitations/", views.show_invitations, name="invitations"),
    path("invitations/new/", views.invite, name="invite"),
    path("invitations/<uuid:uid>/again/", views.invite_again, name="invite_again"),
    path("invitations/<uuid:uid>/withdraw/", views.withdraw_invitation, name="withdraw"),
    path("invitation/<str:token>/", views.accept, name="accept"),
    path("tokens/", views.show_tokens, name="tokens"),
    path("tokens/<uuid:uid>/draw/", views.draw_token, name="token_draw"),
    path("tokens/<uuid:uid>/revoke/", views.revoke_token, name="token_revoke"),
    path("users/", views.show_users, name="users"),
    path("users/new/", views.open_account, name="user_new"),
    path("users/<uuid:uid>/", views.show_user, name="user"),
    path("users/<uuid:uid>/password/", views.issue_password, name="user_password"),
    path("users/<uuid:uid>/confirm/", views.confirm_person, name="user_confirm"),
    path("users/<uuid:uid>/factors/reset/", views.reset_factors, name="user_factors_reset"),
    path("users/<uuid:uid>/lock/lift/", views.lift_lock, name="user_lock_lift"),
    path("users/<uuid:uid>/close/", views.close_account, name="user_close"),
    path("users/<uuid:uid>/reopen/", views.reopen_account, name="user_reopen"),
    path("users/<uuid:uid>/tokens/", views.offer_token, name="user_tokens"),
    path("users/<uuid:uid>/grant/", views.give_role, name="user_grant"),
    path("users/<uuid:uid>/end/", views.end_role, name="user_end_role"),
    path("<path:anything>", views.not_offered, name="not_offered"),
]

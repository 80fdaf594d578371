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
    path("profile/", views.show_profile, name="profile"),
    path("tokens/", views.show_tokens, name="tokens"),
    path("tokens/<uuid:uid>/draw/", views.draw_token, name="token_draw"),
    path("tokens/<uuid:uid>/revoke/", views.revoke_token, name="token_revoke"),
    path("users/", views.show_users, name="users"),
    path("users/new/", views.open_account, name="user_new"),
    path("users/<uuid:uid>/", views.show_user, name="user"),
    path("users/<uuid:uid>/password/", views.issue_password, name="user_password"),
    path("users/<uuid:uid>/confirm/", views.confirm_person, name="user_confirm"),
    path("users/<uuid:uid>/close/", views.close_account, name="user_close"),
    path("users/<uuid:uid>/reopen/", views.reopen_account, name="user_reopen"),
    path("users/<uuid:uid>/tokens/", views.offer_token, name="user_tokens"),
    path("users/<uuid:uid>/grant/", views.give_role, name="user_grant"),
    path("users/<uuid:uid>/end/", views.end_role, name="user_end_role"),
    path("<path:anything>", views.not_offered, name="not_offered"),
]

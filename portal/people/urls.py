"""Addresses at the door. Public pages answer below each language too, so that a link can be shared: /es/register/."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from portal.people import preferences, public, robot, signing_in, signing_up
from portal.web.headers import REPORTS

PUBLIC = (
    ("", public.landing, "landing"),
    ("login/", signing_in.login, "login"),
    ("register/", signing_up.register, "register"),
    ("password/forgot/", signing_in.forgot, "forgot"),
    ("signed-out/", public.signed_out, "signed_out"),
    ("help/", public.help_, "help"),
    ("help/get-an-email/", public.get_an_email, "get_an_email"),
    ("privacy-notice/", public.privacy_notice, "privacy_notice"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    *(path(address, view, name=name) for address, view, name in PUBLIC),
    *(path(f"{code}/{address}", view) for code, _name in settings.LANGUAGES for address, view, _ in PUBLIC),
    path("login/unlock/", signing_in.unlock, name="unlock"),
    path("logout/", signing_in.logout, name="logout"),
    path("language/", public.language, name="language"),
    path("classic/", public.classic, name="classic"),
    path("menu/", public.menu, name="menu"),
    path("robot/challenge/", robot.challenge, name="robot_challenge"),
    path("register/check-email/", signing_up.check_email, name="check_email"),
    path("register/confirm/<str:token>/", signing_up.confirm, name="confirm"),
    path("password/sent/", signing_in.sent, name="sent"),
    path("password/reset/<str:token>/", signing_up.reset, name="reset"),
    path("password/changed/", signing_up.password_changed, name="password_changed"),
    path("login/not-me/<str:token>/", signing_in.not_me, name="not_me"),
    path("email/confirm/<str:token>/", preferences.email_confirm, name="email_confirm"),
    path("email/cancel/<str:token>/", preferences.email_cancel, name="email_cancel"),
    path("welcome/<int:card>/", signing_up.welcome, name="welcome"),
    path("preferences/", preferences.overview, name="preferences"),
    path("preferences/language/", preferences.language, name="preferences_language"),
    path("preferences/display/", preferences.display, name="preferences_display"),
    path("preferences/password/", preferences.password, name="preferences_password"),
    path("preferences/email/", preferences.email, name="preferences_email"),
    path("preferences/devices/", preferences.devices, name="preferences_devices"),
    path("preferences/close/", preferences.close, name="preferences_close"),
    path(REPORTS[1:], public.csp_report, name="csp_report"),
    path(".well-known/security.txt", public.security_txt, name="security_txt"),
    path(".well-known/change-password", public.change_password, name="change_password"),
]

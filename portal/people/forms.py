"""The forms at the door; the names of their fields are fixed, programs outside rely on them."""

from typing import Any

from django import forms as django_forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portal.people import passwords, typed
from portal.people.accounts import of_district
from portal.people.robot import RobotBox
from portal.web import forms
from portal.web.request import Request

OWN_DEVICE_HINT = _(
    "Tick this only if no one else uses it. We will keep you signed in for 30 days and save some pages for when "
    "you are offline."
)


class PersonalEmailField(forms.EmailField):
    """An address that is not the district's."""

    default_error_messages = {"district": ""}  # each form says it in words of its own

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and of_district(value):
            raise django_forms.ValidationError(self.error_messages["district"], code="district")


class Register(RobotBox, forms.Form):
    robot_form = "register"
    robot_again = _("Please wait a moment and press Register again.")
    field_order = ("first_name", "last_name", "email", "language", "robot", "code")

    first_name = forms.NameField(
        label=_("First name"),
        error_messages={"required": _("Enter your first name.")},
        widget=django_forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.NameField(
        label=_("Last name"),
        help_text=_("As the school has it, if you can."),
        error_messages={"required": _("Enter your last name.")},
        widget=django_forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    email = PersonalEmailField(
        label=_("Email"),
        help_text=_("Use your own email, not a district or student email."),
        error_messages={
            "district": _("Use a personal email. District emails cannot be used for a parent account.")
        },
    )
    language = forms.ChoiceField(label=_("Language of our emails"), choices=settings.LANGUAGES)


class Login(forms.Form):
    username = forms.EmailField(
        label=_("Email"), help_text=_("This is your username."), autocomplete="username webauthn"
    )
    password = forms.PasswordField(label=_("Password"))
    own_device = forms.TickField(
        label=_("This is my own phone or computer"), help_text=OWN_DEVICE_HINT, required=False
    )


class LoginAgain(RobotBox, Login):
    """After five wrong tries."""

    robot_form = "login"
    field_order = ("username", "password", "own_device", "robot", "code")


class SetPassword(forms.Form):
    password = forms.PasswordField(label=_("Password"), autocomplete="new-password")

    def __init__(self, *args: Any, names: list[str], email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names, self.email = names, email
        self.fields["password"].help_text = _(
            "%(min)d letters or more. A short sentence works well. Not a password that is known to be stolen."
        ) % {"min": settings.DISTRICT.password_min}

    def clean_password(self) -> str:
        typed: str = self.cleaned_data["password"]
        words = passwords.refusal(typed, names=self.names, email=self.email)
        if words:
            raise django_forms.ValidationError(str(words), code="weak")
        return typed


class Forgot(forms.Form):
    email = forms.EmailField(label=_("Email"), autocomplete="username")


class Unlock(forms.Form):
    password = forms.PasswordField(label=_("Password"))


class NewEmail(forms.Form):
    email = PersonalEmailField(
        label=_("New email"),
        help_text=Register.base_fields["email"].help_text,
        error_messages={"district": Register.base_fields["email"].error_messages["district"]},
    )


class Language(forms.Form):
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, widget=django_forms.RadioSelect
    )


THEMES = (
    ("phone", _("Same as my phone or computer")),
    ("light", _("Light")),
    ("dark", _("Dark")),
    ("contrast", _("High contrast")),
)


class Display(forms.Form):
    theme = forms.ChoiceField(
        label=_("Colors"),
        choices=THEMES,
        widget=django_forms.RadioSelect,
    )
    classic = forms.TickField(
        label=_("Viewing in Classic Mode"),
        help_text=_("Plain pages with less decoration. Everything is still there."),
        required=False,
    )


class Close(forms.Form):
    sure = forms.TickField(
        label=_("Close my account"),
        error_messages={"required": _("Tick the box to close your account.")},
    )


def show_password(form: django_forms.Form) -> None:
    """The password is readable on the page that is shown next; for browsers without script."""
    widget = form.fields["password"].widget
    widget.input_type, widget.render_value = "text", True


def posted(request: Request) -> QueryDict | None:
    """What was sent, an empty form too; on a page that is only looked at, what was typed before an interruption."""
    return request.POST if request.method == "POST" else typed.before(request)

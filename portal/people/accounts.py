"""What happens to an account: signing up, setting a password, changing the email, closing."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from portal.people import asking, limits, mail, mail_links
from portal.people.models import MailLink, Person, Session
from portal.people.sessions import SessionStore, end_others
from portal.web.request import Request

CONFIRM_LASTS = timedelta(hours=24)
RESET_LASTS = timedelta(hours=1)
UNDO_LASTS = timedelta(days=7)
Purpose = MailLink.Purpose


class EmailTaken(Exception):
    """Another account has this address by now."""


def key_of(email: str) -> str:
    """How addresses are compared: without case; dots and tags count."""
    return email.casefold()


def of_district(email: str) -> bool:
    """Whether the address belongs to the district, whose addresses cannot have a parent account."""
    domain = key_of(email).rpartition("@")[2].rstrip(".")
    return any(domain == own or domain.endswith(f".{own}") for own in settings.DISTRICT.employee_domains)


def counted(purpose: str, email: str, request: Request) -> bool:
    """Counts a mail to this address; False when it must not be sent. The answer to the reader stays the same."""
    try:
        limits.hit("mail_network", limits.network(request))
        limits.hit("mail_address", f"{purpose} {key_of(email)}")
    except limits.TooMany:
        return False
    return True


def _at_the_door(act: Callable[..., None]) -> Callable[..., None]:
    """Whoever sets it off, the look-up by an address and the mail to its owner are the door's."""

    @wraps(act)
    def at_the_door(*args: str, **names: str) -> None:
        with asking.within("door", purpose=act.__name__):
            act(*args, **names)

    return at_the_door


@_at_the_door
def sign_up(first_name: str, last_name: str, email: str, language: str) -> None:
    """Mails a link with which the owner of the address sets a password; an account that exists hears so instead."""
    names = {"first_name": first_name, "last_name": last_name, "language": language}
    person, _new = Person.objects.get_or_create(
        kind=Person.Kind.FAMILY, email_key=key_of(email), defaults={**names, "email": email, "password": "!"}
    )
    if person.state == Person.State.PENDING or person.closed_because == Person.ClosedBecause.OWN_WISH:
        # The names go with the link: whoever opens the mailbox decides, not who typed the address last.
        token = mail_links.make(Purpose.CONFIRM, CONFIRM_LASTS, person=person, about=names)
        mail.post(email, language, "people/confirm", link=mail_links.address("confirm", token))
    elif person.state == Person.State.ACTIVE:
        token = mail_links.make(Purpose.RESET, RESET_LASTS, person=person)
        mail.post(person.email, person.language, "people/already", link=mail_links.address("reset", token))
    else:
        mail.post(person.email, person.language, "people/closed")


@_at_the_door
def forgot(email: str) -> None:
    """Mails a link to the owner of an account; for an address without one the same work is done and undone."""
    person = Person.objects.filter(kind=Person.Kind.FAMILY, email_key=key_of(email)).first()
    if person is not None and person.state == Person.State.PENDING:
        return sign_up(person.first_name, person.last_name, person.email, person.language)
    known = person is not None and person.is_active
    with transaction.atomic():
        token = mail_links.make(Purpose.RESET, RESET_LASTS, person=person)
        language = person.language if person else settings.LANGUAGE_CODE
        mail.post(email, language, "people/reset", link=mail_links.address("reset", token))
        transaction.set_rollback(not known)
    return None


def set_password(link: MailLink, password: str) -> bool:
    """Spends the link and sets the password; False when it was spent at the same moment.

    The first password makes the account active. A later one signs out every browser, and the owner hears of it.
    """
    person = link.person
    assert person is not None
    if not mail_links.spend(link):
        return False
    person.set_password(password)
    if link.purpose == Purpose.CONFIRM:
        person.first_name = link.about["first_name"]
        person.last_name = link.about["last_name"]
        person.language = link.about["language"]
        person.state, person.closed_because = Person.State.ACTIVE, ""
        person.confirmed_at = person.confirmed_at or now()
    person.save()
    for purpose in (Purpose.CONFIRM, Purpose.RESET):
        mail_links.void(purpose, person)
    end_others(person)
    if link.purpose == Purpose.RESET:
        mail.post(person.email, person.language, "people/password_changed")
    return True


def choose_anew(person: Person) -> str:
    """The old password opens nothing any more. A reset token for whoever proved to hold the mailbox."""
    person.set_unusable_password()
    person.save(update_fields=["password"])
    return mail_links.make(Purpose.RESET, RESET_LASTS, person=person)


def may_set_password(link: MailLink) -> bool:
    """Whether the link's account waits for its first password, or is open and may get another."""
    person = link.person
    if person is None:
        return False
    if link.purpose == Purpose.RESET:
        return person.is_active
    return person.state == Person.State.PENDING or person.closed_because == Person.ClosedBecause.OWN_WISH


def change_password(person: Person, password: str, session: SessionStore) -> None:
    """Sets the password and signs out every other browser."""
    person.set_password(password)
    person.save(update_fields=["password"])
    mail_links.void(Purpose.RESET, person)
    end_others(person, session)
    mail.post(person.email, person.language, "people/password_changed")


def ask_email(person: Person, email: str) -> None:
    """Mails a link to the new address, and to the old one word of it with a link that stops it."""
    with asking.within("door", purpose="change email"):  # the address may be another account's
        _ask_email(person, email)


def _ask_email(person: Person, email: str) -> None:
    taken = (
        Person.objects.filter(kind=Person.Kind.FAMILY, email_key=key_of(email)).exclude(pk=person.pk).first()
    )
    about = {"from": person.email, "to": email}
    undo = mail_links.make(Purpose.UNDO_EMAIL, UNDO_LASTS, person=person, about=about)
    mail.post(
        person.email,
        person.language,
        "people/email_asked",
        link=mail_links.address("email_cancel", undo),
    )
    if taken is not None and taken.is_active:
        token = mail_links.make(Purpose.RESET, RESET_LASTS, person=taken)
        mail.post(taken.email, taken.language, "people/already", link=mail_links.address("reset", token))
        return
    token = mail_links.make(Purpose.CHANGE_EMAIL, CONFIRM_LASTS, person=person, about=about)
    mail.post(email, person.language, "people/email_confirm", link=mail_links.address("email_confirm", token))


def change_email(link: MailLink) -> bool:
    """The account moves to the address the link was sent to. Raises EmailTaken."""
    return _move(link, link.about["to"], Purpose.CHANGE_EMAIL)


def undo_email(link: MailLink) -> bool:
    """The account keeps, or gets back, its old address; nobody stays signed in. Raises EmailTaken."""
    done = _move(link, link.about["from"], Purpose.CHANGE_EMAIL)
    if done and link.person is not None:
        mail_links.void(Purpose.RESET, link.person)
    return done


def _move(link: MailLink, email: str, void: MailLink.Purpose) -> bool:
    person = link.person
    assert person is not None
    if of_district(email) or not mail_links.spend(link):
        return False
    # An account of that address that was never confirmed belongs to nobody.
    Person.objects.filter(
        kind=Person.Kind.FAMILY, email_key=key_of(email), state=Person.State.PENDING
    ).exclude(pk=person.pk).delete()
    person.email, person.email_key = email, key_of(email)
    try:
        with transaction.atomic():
            person.save(update_fields=["email", "email_key"])
    except IntegrityError:
        raise EmailTaken from None
    mail_links.void(void, person)
    end_others(person)
    return True


def close(person: Person) -> None:
    """Closes the account by the person's wish. The school's records are the school's, and stay."""
    person.state, person.closed_because = Person.State.CLOSED, Person.ClosedBecause.OWN_WISH
    person.save(update_fields=["state", "closed_because"])
    # The children go off the account with it, so that a later owner of the address does not find them there.
    person.links.filter(ended_at=None).update(ended_at=now(), ended_because="own_wish")
    MailLink.objects.filter(person=person, used_at=None).update(used_at=now())
    Session.objects.filter(person=person).delete()
    mail.post(person.email, person.language, "people/closed_own_wish")


def names_of(person: Person) -> list[str]:
    """Names a password may not be made of: the person's, and the linked children's."""
    children = person.links.values_list(
        "guardianship__student__given_name", "guardianship__student__family_name"
    )
    with asking.within("family", person.pk, "names in a password"):
        return [person.name, *(name for child in children for name in child)]

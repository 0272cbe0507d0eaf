"""The school's door: whoever the district's sign-on vouches for is let in here, and nobody else."""

from portal.access import brake
from portal.people.entering import device_name
from portal.people.models import Person
from portal.web.request import Request


def signed_on(request: Request, subject: str) -> None:
    """The employee of this subject is signed in, as staff, in this browser.

    subject: issuer and subject of the district's sign-on; never an e-mail address.
    The caller has checked the sign-on's word. Raises Person.DoesNotExist for a person we do not know,
    brake.Suspended for one who opens nothing any more.
    """
    person = Person.objects.get(
        kind=Person.Kind.STAFF, subject=subject, state=Person.State.ACTIVE, subject__gt=""
    )
    brake.refuse_suspended(person)
    request.session.sign_in(
        person, own_device=False, device=device_name(request.headers.get("User-Agent", ""))
    )

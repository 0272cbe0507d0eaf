"""Pages for when a page cannot be shown: words for the reader, nothing for the curious."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils.timezone import localdate

from portal.access import gate
from portal.config import urls
from portal.family.models import Guardianship, Link
from portal.people.door import anyone, family_only
from portal.people.limits import TooMany
from portal.people.models import Person
from portal.record.contents import section
from tests.people.conftest import same_page, words


@anyone
def breaks(request):
    Person.objects.create(email="half@example.org", email_key="half@example.org")
    raise RuntimeError("secret detail of ana@example.org")


@anyone
def breaks_the_database(request):
    Person.objects.raw("SELECT nonsense")[0]


@anyone
def waits(request):
    raise TooMany(timedelta(minutes=7))


@family_only
def looks(request, ref):
    gate.admit(request.actor, ref, section("attendance"))
    return HttpResponse("fine")


urlpatterns = [
    *urls.urlpatterns,
    path("breaks/", breaks),
    path("breaks-the-database/", breaks_the_database),
    path("waits/", waits),
    path("looks/<str:ref>/", looks),
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


def without_address(page):
    """The page but for its own address, which stands in the links of languages and Classic Mode."""
    address = page.request["PATH_INFO"]
    return same_page(page).replace(address, "ADDRESS").replace(quote(address, safe=""), "ADDRESS")


@pytest.fixture
def faulty(db):
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


def test_a_failure_says_sorry_gives_a_reference_and_leaves_nothing(faulty, caplog):
    answer = faulty.get("/breaks/")
    assert (answer.status_code, Person.objects.count()) == (500, 0)
    assert "Something went wrong on our side. Nothing you typed is lost." in words(answer)
    assert "secret detail" not in answer.content.decode()
    reference = words(answer).split("say this: ")[1].split()[0]
    assert reference in caplog.text


def test_a_failure_inside_the_database_has_the_same_page(faulty):
    assert "Something went wrong on our side." in words(faulty.get("/breaks-the-database/"))


def test_when_even_that_page_fails_a_bare_one_is_shown(faulty, monkeypatch):
    from portal.web import errors

    monkeypatch.setattr(errors, "render", lambda *_args, **_more: 1 / 0)
    answer = faulty.get("/breaks/")
    assert (answer.status_code, b"Something went wrong on our side." in answer.content) == (500, True)


def test_too_many_tries_says_how_long_to_wait(faulty):
    answer = faulty.get("/waits/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "420")
    assert "wait 7 minutes" in words(answer)


def test_a_page_that_is_not_there_and_a_child_that_is_not_hers_look_the_same(family, visit):
    hers = visit(family.bens_mother)
    pages = [
        hers.get(address)
        for address in (
            f"/students/{family.ana.ref}/attendance/",
            "/students/2345678xyz/attendance/",
            "/students/nobody/attendance/",
        )
    ]
    assert {page.status_code for page in pages} == {404}
    texts = {same_page(page).replace(page.request["PATH_INFO"].replace("/", "%2F"), "PATH") for page in pages}
    texts = {
        text.replace(page.request["PATH_INFO"], "PATH") for text, page in zip(texts, pages, strict=False)
    }
    assert {"We could not find that page." in words(page) for page in pages} == {True}


@pytest.mark.parametrize("address", ["/nothing/", "/preferences/nothing/", "/%00/", "/%ff/"])
def test_an_address_that_leads_nowhere_says_so_in_words(db, client, address):
    answer = client.get(address)
    assert (answer.status_code, "could not find that page" in words(answer)) == (404, True)


def test_a_spanish_address_that_leads_nowhere_says_so_in_spanish(db, client):
    answer = client.get("/es/nothing/")
    assert (answer.status_code, "No encontramos esa página." in words(answer)) == (404, True)


@pytest.fixture
def opens(family, visit):
    """The mother opens a page of Ana's in a room of its own that only asks the gate."""

    def look(person=None):
        with override_settings(ROOT_URLCONF=__name__):
            return visit(person or family.mother).get(f"/looks/{family.ana.ref}/")

    return look


def test_a_right_that_ended_gives_no_reason_and_forgets_saved_pages(family, opens):
    assert opens().content == b"fine"
    Guardianship.objects.filter(pk=family.mothers_right.pk).update(ends=localdate() - timedelta(days=1))
    answer = opens()
    assert (answer.status_code, answer.headers["X-Forget"]) == (403, "1")
    assert "You no longer have access to this student's records. Contact the school office" in words(answer)


def test_the_father_the_school_bars_reads_the_same_words_as_when_a_right_ended(family, opens):
    answer = opens(family.father)
    assert "You no longer have access to this student's records." in words(answer)
    assert "court" not in words(answer).lower()


def test_a_link_to_verify_asks_for_the_pin(family, opens):
    Link.objects.filter(guardianship=family.mothers_right).update(verify_by=localdate() - timedelta(days=1))
    assert "Enter your PIN to open Ana 's records again." in words(opens())


def test_of_a_student_of_eighteen_the_words_say_whose_records_they_are(family, opens):
    family.ana.birth_date = localdate() - timedelta(days=19 * 366)
    family.ana.objects_to_parents = True
    family.ana.save()
    assert "Ana is 18 now. School records belong to Ana ." in words(opens())


def test_a_section_that_is_off_says_whom_to_ask(family, opens, monkeypatch):
    def off(*_args):
        raise gate.NotOpen(family.ana)

    monkeypatch.setattr(gate, "admit", off)
    answer = opens()
    assert answer.status_code == 403
    assert "This section is not open on your account." in words(answer)
    assert "555-0120" in words(answer)

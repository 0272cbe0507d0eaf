"""J1: from the front door to the welcome, in Spanish, without script."""

from tests.journeys.walking import OWN_PASSWORD, SIZES, Open, Portal, register, speaks


@SIZES
def test_a_new_parent_gets_from_the_front_door_to_the_welcome_in_spanish(
    portal: Portal, open_page: Open, size: tuple[int, int]
) -> None:
    email = f"ines.mora.{size[0]}@example.org"
    page = open_page(size, script=False)
    spoken = []

    page.goto("/")
    page.get_by_role("link", name="Español").click()
    spoken.append(speaks(page, "es"))
    page.locator("main a[href$='/register/']").first.click()
    spoken.append(speaks(page, "es"))
    assert page.locator("select[name=language]").input_value() == "es"
    register(page, "Inés", "Mora", email)
    spoken.append(speaks(page, "es"))
    assert email in page.locator("main").inner_text()

    page.goto(portal.link_to(email, "/register/confirm/"))
    spoken.append(speaks(page, "es"))
    page.locator("input[name=password]").fill(OWN_PASSWORD)
    page.locator("main form .button.first").click()
    page.wait_for_url("**/welcome/1/")
    spoken.append(speaks(page, "es"))

    assert spoken == [True] * 5
    assert "Inés" in page.get_by_role("heading", level=1).inner_text()


def test_the_mail_to_a_spanish_parent_is_spanish(portal: Portal, open_page: Open) -> None:
    page = open_page(script=False)
    page.goto("/es/register/")
    register(page, "Eva", "Luna", "eva.luna@example.org")
    [mail] = portal.mail_to("eva.luna@example.org")
    assert 'lang="es"' in mail["html"]
    assert "Parent Portal" in mail["text"]


@SIZES
def test_the_language_follows_into_another_browser(
    portal: Portal, open_page: Open, size: tuple[int, int]
) -> None:
    email = f"lucia.vega.{size[0]}@example.org"
    page = open_page(size, script=False)
    page.goto("/es/register/")
    register(page, "Lucía", "Vega", email)

    elsewhere = open_page(size, script=False)
    elsewhere.goto(portal.link_to(email, "/register/confirm/"))
    elsewhere.locator("input[name=password]").fill(OWN_PASSWORD)
    elsewhere.locator("main form .button.first").click()
    elsewhere.wait_for_url("**/welcome/1/")
    assert speaks(elsewhere, "es")

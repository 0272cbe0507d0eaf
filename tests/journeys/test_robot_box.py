"""The robot box in a browser with script: the proof is worked out in the background, whoever fills in the form."""

from tests.journeys.walking import Open, Portal


def test_a_browser_with_script_sends_a_proof_of_work_with_the_tick(portal: Portal, open_page: Open) -> None:
    page = open_page()
    page.goto("/register/")
    for name, value in (("first_name", "Nora"), ("last_name", "Kim"), ("email", "nora.kim@example.org")):
        page.locator(f"input[name={name}]").fill(value)
    page.locator("input[name=robot]").check()
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Register").click()
    page.get_by_role("heading", name="Check your email").wait_for()

    token = (sent.value.post_data_json or {})["robot"]
    ticks = portal.database.execute(
        "SELECT count(*) FROM people_count WHERE rule = 'tick_network'"
    ).fetchone()
    assert (len(token) > 100, ticks) == (True, (0,))


def test_when_the_proof_cannot_be_worked_out_the_plain_tick_goes(portal: Portal, open_page: Open) -> None:
    page = open_page()
    page.route("**/robot/challenge/**", lambda route: route.fulfill(status=200, body="not a challenge"))
    page.goto("/register/")
    for name, value in (("first_name", "Nora"), ("last_name", "Kim"), ("email", "nora.k@example.org")):
        page.locator(f"input[name={name}]").fill(value)
    page.locator("input[name=robot]").check()
    page.get_by_role("button", name="Register").click()
    page.get_by_role("heading", name="Check your email").wait_for()

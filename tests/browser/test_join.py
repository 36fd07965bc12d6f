"""The page on which a class joins, as a phone shows it."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from axe import faults_of

Open = Callable[..., Any]
SMALL = """() => [...document.querySelectorAll("body *")]
  .filter((element) => element.offsetParent && parseFloat(getComputedStyle(element).fontSize) < 11).length"""


@pytest.fixture
def join(server: Any, visits: Any) -> Open:
    """Open the page on a phone."""

    def open_page(query: str = "", url: str = server.url, **options: Any) -> Any:
        return visits.open(f"{url}join{query}", url, **{"viewport": {"width": 390, "height": 844}, **options})

    return open_page


def code_box(page: Any) -> Any:
    return page.get_by_role("textbox", name="Room code", exact=True)


def press_join(page: Any) -> None:
    page.get_by_role("button", name="Join", exact=True).click()


def test_a_code_typed_carelessly_leads_to_the_room_with_the_name(client: Any, join: Open) -> None:
    room = client().event("welcome")["room"]
    page = join()
    code_box(page).press_sequentially(f" {room[:3]}-{room[3:]} ".lower())
    assert code_box(page).input_value() == room
    page.get_by_role("textbox", name="Your name", exact=True).fill("  Ada ")
    press_join(page)
    page.wait_for_url(f"**/r/{room}**")
    assert page.evaluate("sessionStorage.getItem('nablascope.name')") == "Ada"
    page.get_by_role("button", name="Help").wait_for()


@pytest.mark.parametrize("way", ["/{}", "?room={}"])
def test_the_qr_codes_address_has_the_code_filled_in_and_enter_is_enough(client: Any, join: Open, way: str) -> None:
    room = client().event("welcome")["room"]
    page = join(way.format(room.lower()))
    assert code_box(page).input_value() == room
    assert page.evaluate("document.activeElement.id") == "name"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/r/{room}**")
    assert page.evaluate("sessionStorage.getItem('nablascope.name')") is None
    page.get_by_role("button", name="Help").wait_for()


def test_a_whole_link_can_be_pasted_and_a_letter_put_in_the_middle(join: Open) -> None:
    page = join()
    code_box(page).fill("http://192.168.1.5:8000/r/abc234#dataset=xor")
    assert code_box(page).input_value() == "ABC234"
    code_box(page).fill("ABC23")
    code_box(page).press("Home")
    page.keyboard.type("z ")
    assert code_box(page).input_value() == "ZABC23"
    assert code_box(page).evaluate("box => box.selectionStart") == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type the code of the room first."),
        ("ABC23", "A code has 6 characters; this one has 5."),
        ("ABCO23", "No code has the character O: look once more."),
    ],
)
def test_what_cannot_be_a_code_is_said_without_asking(join: Open, typed: str, said: str) -> None:
    page = join()
    asked: list[str] = []
    page.on("request", lambda request: "/rooms/" in request.url and asked.append(request.url))
    code_box(page).fill(typed)
    press_join(page)
    assert page.get_by_role("alert").inner_text() == said
    assert code_box(page).get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.activeElement.id") == "room" and not asked


def test_an_unknown_code_is_said_to_be_and_too_many_have_to_wait(serve: Any, join: Open) -> None:
    # A server of its own, as wrong codes count against the address of all tests; a browser reports a 404.
    page = join(forgive=".", url=serve("--port", "0", "--workers", "1").url)
    for last in "23456789AB":
        code_box(page).fill(f"ZZZZZ{last}")
        press_join(page)
        page.get_by_text(f"There is no room ZZZZZ{last}.").wait_for()
    assert page.url.endswith("/join")
    code_box(page).press("Enter")
    page.get_by_text("Too many wrong codes. Try again in").wait_for()
    page.route("**/rooms/*", lambda route: route.abort())
    press_join(page)
    page.get_by_text("The server does not answer.").wait_for()


def test_axe_finds_nothing_light_or_dark_wide_or_narrow(join: Open) -> None:
    page = join(reduced_motion="reduce")
    for said in (False, True):
        if said:
            code_box(page).fill("ABC")
            press_join(page)
        for theme, (width, height) in itertools.product(("light", "dark"), ((1440, 900), (1024, 768), (390, 844))):
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": height})
            page.locator(f"html[data-theme={theme}]").wait_for()  # the page hears of it on its next frame
            assert page.evaluate("document.documentElement.dataset.theme") == theme
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert page.evaluate(SMALL) == 0
            assert faults_of(page, theme) == []


def test_it_can_be_done_by_keyboard_alone(join: Open) -> None:
    page = join()
    reached = []
    for _ in range(4):
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
        page.keyboard.press("Tab")
    assert reached == ["room", "name", "go", "Open a stage of your own"]

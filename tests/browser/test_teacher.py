"""The teacher's link, in a browser."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from nablascope.server.web import lan
from nablascope.server.web.site import bracketed

Open = Callable[..., Any]
TEACHER = re.compile(r"/r/(\w{6})#teacher=(\S+)")
SHOWN = "[location.href, document.documentElement.outerHTML, JSON.stringify(history.state)].join()"


@pytest.fixture(scope="module")
def class_server(serve: Any) -> Any:
    return serve("--port", "0", "--lan")


def test_the_token_leaves_the_address_at_once_and_goes_with_no_request(class_server: Any, stage: Open) -> None:
    room, token = TEACHER.findall(class_server.link)[0]
    page = stage(f"r/{room}#teacher={token}", url=class_server.url)
    assert page.state("role") == "teacher"
    assert token not in page.page.evaluate(SHOWN)
    assert page.page.evaluate(f"sessionStorage.getItem('nablascope.token.{room}')") == token
    asked: list[str] = []
    page.page.on("request", lambda request: asked.append(request.url))
    page.page.reload()
    page.until("state.pulse !== null")
    assert page.state("role") == "teacher" and asked
    assert not any(token in url for url in asked)
    assert token not in class_server.said


def test_the_link_pasted_into_a_students_tab_makes_it_the_teachers(class_server: Any, stage: Open) -> None:
    room, token = TEACHER.findall(class_server.link)[0]
    page = stage(f"r/{room}", url=class_server.url)
    assert page.state("role") == "student"
    with page.page.expect_event("load"):
        page.page.evaluate(f"location.hash = 'teacher={token}'")
    page.until("state.pulse !== null")
    assert page.state("role") == "teacher"
    assert token not in page.page.evaluate(SHOWN)


@pytest.mark.parametrize("version", [4, 6])
def test_a_page_opened_by_an_address_needs_no_secure_context(class_server: Any, stage: Open, version: int) -> None:
    found = [address for address in lan.addresses() if (":" in address) == (version == 6)]
    if not found:
        pytest.skip(f"this machine has no address of IPv{version} in a network")
    room, token = TEACHER.findall(class_server.link)[0]
    url = f"http://{bracketed(found[0])}:{class_server.port}/"
    page = stage(f"r/{room}#teacher={token}", url=url)
    assert page.page.evaluate("isSecureContext") is False
    assert page.state("role") == "teacher"
    page.page.goto(f"{url}join/{room}")
    page.page.get_by_role("button", name="Join", exact=True).click()
    page.page.wait_for_url(f"{url}r/{room}**")
    page.until("state.pulse !== null")

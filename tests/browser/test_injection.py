"""What students and teachers write is text on every page, whatever it looks like, and breaks none of them."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

Open = Callable[..., Any]
ADDRESS = "#dataset=moons&hidden=6,4&seed=3&learning_rate=0.05"
CORPUS = (
    "<script>hit(1)</script>", "<img src=x onerror=hit(2)>", '"><svg onload=hit(3)>', "<svg/onload=hit(4)>",
    "javascript:hit(5)", "${hit(6)}", "{{hit(7)}}", "'-hit(8)-'", "</style><b>bold", "<!--", "&lt;b&gt;&#x27;",
    "`${hit(9)}`", "\u202egnp.exe\u202c", "مرحبا بالعالم", "👩‍🔬👨‍👩‍👧‍👦🏳️‍🌈", "Z̸̢̛a̴l̷g̶ö̵",
    "W" * 24, "__proto__", "constructor", "null", "0", " ", "\u0000\u0007tab\tx", "]]>", "<a href=javascript:1>x",
)  # fmt: skip
LONG = ("<img src=x onerror=hit(10)> " * 20, "W" * 400, "<script>hit(11)</script>" * 12, "مرحبا " * 60, "🏳️‍🌈" * 60)
WIDE = """() => [document.documentElement.scrollWidth <= innerWidth,
  [...document.querySelectorAll(".card, .class-curve, .question, .question *")]
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.left < -1 || box.right > innerWidth + 1))
    .map(([element]) => element.outerHTML.slice(0, 80))]"""
PLANTED = """() => document.querySelectorAll(
  "#stage img, #stage b b, #stage a[href^=javascript], #stage script, #stage style").length"""
#: Each way in which a page could take text for HTML or for a script, a policy of its own included.
SINKS = """() => {
  const element = document.createElement("div"), found = [];
  const sinks = {
    innerHTML: (text) => { element.innerHTML = text; },
    outerHTML: (text) => { document.body.append(element); element.outerHTML = text; },
    insertAdjacentHTML: (text) => element.insertAdjacentHTML("beforeend", text),
    srcdoc: (text) => { document.createElement("iframe").srcdoc = text; },
    script: (text) => { document.createElement("script").text = text; },
    source: (text) => { document.createElement("script").src = text; },
    parser: (text) => new DOMParser().parseFromString(text, "text/html"),
    fragment: (text) => document.createRange().createContextualFragment(text),
    write: (text) => document.write(text),
    policy: (text) => trustedTypes.createPolicy("mine", {createHTML: (given) => given}).createHTML(text),
  };
  for (const [name, sink] of Object.entries(sinks)) {
    try {
      sink("<b>text</b>");
      found.push(name);
    } catch (error) { if (!(error instanceof TypeError)) found.push(String(error)); }
  }
  return found;
}"""


def harmless(page: Any) -> None:
    """Nothing ran, nothing was made an element, nothing sticks out."""
    assert page.page.evaluate("window.struck") is None
    assert page.page.evaluate(PLANTED) == 0
    assert page.page.evaluate(WIDE) == [True, []]


def arm(page: Any) -> None:
    page.page.evaluate("() => { window.hit = (which) => { window.struck = which; }; }")


def test_names_are_text_on_the_board_the_curve_and_the_list(stage: Open, client: Open) -> None:
    teacher = stage(ADDRESS)
    arm(teacher)
    teacher.press("Pause")
    room, members = teacher.state("room"), {}
    for index, name in enumerate(CORPUS):
        student = client(room=room, name=name[:24], tab=f"injection-{index:06}")
        members[student.event("welcome")["member"]] = name[:24]
    teacher.until(f"state.classroom.students === {len(CORPUS)}")
    teacher.press("Everyone starts here")
    teacher.until(f"Object.keys(state.board).length === {len(CORPUS)}", timeout=60)
    teacher.choose("Sort by", "name")
    teacher.page.wait_for_timeout(300)
    texts = """() => [...document.querySelectorAll(".card")].map((card) =>
      [Number(card.dataset.member), card.querySelector(".card-name").textContent])"""
    shown = dict(teacher.page.evaluate(texts))
    for member, name in members.items():
        assert shown[member] == (teacher.state(f"board[{member}].name") or f"Student {member}")
        if name.isprintable() and name.strip() == name and "\u202e" not in name:
            assert name.startswith(shown[member]) or shown[member] == f"Student {member}"
    harmless(teacher)
    for across in ("activation", "depth", "learning_rate"):
        teacher.choose("Across", across)
    teacher.press("Fill the screen")
    teacher.page.set_viewport_size({"width": 1024, "height": 768})
    teacher.page.wait_for_timeout(300)
    harmless(teacher)


def test_questions_and_answers_are_text_on_every_page(stage: Open, client: Open) -> None:
    teacher = stage(ADDRESS)
    teacher.rest()
    room = teacher.state("room")
    students = stage(f"r/{room}"), stage(f"r/{room}", viewport={"width": 390, "height": 844})
    wall = stage(f"r/{room}?projector")
    pages = (teacher, *students, wall)
    for page in pages:
        arm(page)
    texts = [*CORPUS, *LONG]
    for turn in range(0, len(texts), 3):
        text, *options = [
            (texts[(turn + more) % len(texts)].replace("\u0000", "").strip() or "?") for more in range(4)
        ]
        options = [f"{option[:76]}{index}" for index, option in enumerate(options)]
        teacher.press("Ask the class")
        teacher.page.get_by_role("button", name="Own question", exact=True).click()
        teacher.page.get_by_role("textbox", name="Question text", exact=True).fill(text[:200])
        for index, option in enumerate(options):
            if index >= 2:
                teacher.press("Add an answer")
            teacher.page.get_by_role("textbox", name=f"Answer {index + 1}", exact=True).fill(option)
        teacher.press("Ask")
        teacher.until("state.question !== null")
        number = teacher.state("question.number")
        for student in students:
            student.until(f"state.question?.number === {number}")
            buttons = student.page.locator(".question .option bdi").all_text_contents()
            assert buttons == student.state("question.options")
            assert student.page.locator(".asked").text_content() == student.state("question.text")
            student.page.locator(".question .option").first.click()
        teacher.until("state.question.voted === 2")
        for page in pages:
            harmless(page)
        teacher.press("Reveal")
        wall.until("state.question?.votes")
        for page in pages:
            harmless(page)
        teacher.page.get_by_role("region", name="Question").get_by_role("button", name="Close", exact=True).click()
        for student in students:
            student.until("state.question === null")


@pytest.mark.parametrize("path", ["", "join", "compare#seed=1&seed=2", "how"])
def test_no_page_takes_text_for_html_or_a_script(server: Any, browser: Any, path: str) -> None:
    page, said = browser.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(server.url + path)
    page.get_by_role("button").first.wait_for()
    page.wait_for_timeout(200)
    assert said == []
    assert page.evaluate(SINKS) == []
    page.close()


def test_where_a_student_with_the_controls_looks_breaks_no_page(stage: Open, client: Open) -> None:
    teacher = stage(ADDRESS)
    room = teacher.state("room")
    student, wall = client(room=room, tab="a" * 16), stage(f"r/{room}?projector")
    arm(wall)
    number = student.event("welcome")["member"]
    teacher.until("state.members.some(({role}) => role === 'student')")
    teacher.press("1 student")
    teacher.press(f"Give controls to Student {number}")
    student.event("me", driving=True)
    pointer = {"x": 0.5, "y": 0.5}
    for word in (CORPUS[1], CORPUS[2], CORPUS[5], "__proto__", "constructor", "toString", "", "0"):
        place = {"kind": word, "layer": 1, "unit": 0, "source": 0}
        for look in ({"lab": word, "ladder": word}, {"pointer": {"region": word, **pointer}}, {"selection": place}):
            student.send(type="look", look=look)
            wall.page.wait_for_timeout(40)
    student.send(type="look", look={"lab": "scores", "pointer": {"region": "loss", **pointer}})
    wall.until("state.look.lab === 'scores' && document.querySelector('#lab')")
    harmless(wall)


@pytest.mark.parametrize("path", ["", "compare", "join"])
def test_what_an_address_says_is_text(server: Any, browser: Any, path: str) -> None:
    page, said = browser.new_page(), []
    page.add_init_script("window.hit = (which) => { window.struck = which; }")
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for text in (CORPUS[1], CORPUS[2], CORPUS[5], CORPUS[8]):
        page.goto("about:blank")  # another fragment alone would not load the page anew
        written = quote(text)
        page.goto(f"{server.url}{path}?room={written}#dataset={written}&hidden={written}")
        page.get_by_role("button").first.wait_for()
        page.wait_for_timeout(60)
        assert page.evaluate("window.struck") is None
        assert page.evaluate(PLANTED) == 0
    assert said == []
    page.close()

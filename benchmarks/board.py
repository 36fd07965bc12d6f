"""The class board in headless Chromium: what an update costs the page, with 40 and with 100 students' runs.

The cards are real runs of the engine. They reach the page as the server sends them, on its own socket, where what the
server says is passed on and the cards are put in between. Every card is another one in each update: the worst case.
"""

import argparse
import json
import os
import re
import shutil
from collections.abc import Callable
from typing import Any

from classes import cards
from machine import machine, table, use_one_thread
from playwright.sync_api import CDPSession, Page, WebSocketRoute, sync_playwright
from serving import server

Tell = Callable[[dict[str, Any]], None]
#: Milliseconds between two updates: the server's own pace.
PACE = 500
COUNTERS = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration", "TaskDuration")


def among_the_servers(page: Page) -> Tell:
    """A function that says an event to the page, numbered as one of the server's."""
    sockets: list[WebSocketRoute] = []
    numbers = [0]

    def tell(event: dict[str, Any]) -> None:
        sockets[-1].send(json.dumps({**event, "seq": numbers[0]}))
        numbers[0] += 1

    def route(socket: WebSocketRoute) -> None:
        upstream = socket.connect_to_server()
        sockets.append(socket)
        numbers[0] = 0
        upstream.on_message(lambda said: tell(json.loads(said)) if isinstance(said, str) else socket.send(said))

    page.route_web_socket(re.compile("/ws"), route)
    return tell


def spent(session: CDPSession) -> dict[str, float]:
    """Milliseconds of the page's main thread so far, by what for."""
    counted = {one["name"]: 1000 * one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return {name: counted[name] for name in COUNTERS}


def pace(page: Page, session: CDPSession, tell: Tell, moments: list[list[dict[str, Any]]]) -> dict[str, float]:
    """Milliseconds for one update, so many times."""
    before = spent(session)
    for moment in moments:
        tell({"type": "board", "cards": moment, "gone": []})
        page.wait_for_timeout(PACE)
    after = spent(session)
    return {name: (after[name] - before[name]) / len(moments) for name in COUNTERS}


def measured(page: Page, tell: Tell, moments: list[list[dict[str, Any]]], whole: bool) -> list[str]:
    """Script, style and layout, and everything: with the board open, less the same updates while it is closed."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.wait_for_timeout(1000)
    tell({"type": "board", "cards": moments[0], "gone": []})
    if whole:
        page.get_by_role("button", name="Fill the screen").click()
    page.wait_for_timeout(1000)
    opened = pace(page, session, tell, moments)
    page.get_by_role("button", name="Close the board").click()
    page.wait_for_timeout(500)
    closed = pace(page, session, tell, moments)
    cost = {name: opened[name] - closed[name] for name in COUNTERS}
    style = cost["LayoutDuration"] + cost["RecalcStyleDuration"]
    return [f"{cost['ScriptDuration']:.2f}", f"{style:.2f}", f"{cost['TaskDuration']:.2f}"]


def main() -> None:
    use_one_thread()
    parser = argparse.ArgumentParser()
    parser.add_argument("--updates", type=int, default=16)
    options = parser.parse_args()
    path = os.environ.get("NABLASCOPE_CHROMIUM") or shutil.which("chromium")
    moments = [cards(100, steps) for steps in (60, 80, 100)]
    rows = []
    with server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for count in (40, 100):
            for whole in (False, True):
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                tell = among_the_servers(page)
                page.goto(address.replace("ws://", "http://").removesuffix("ws"))
                page.wait_for_timeout(1500)
                page.get_by_role("button", name="Pause", exact=True).click()
                seen = [moments[turn % len(moments)][:count] for turn in range(options.updates)]
                where = "on the whole page" if whole else "beside the stage"
                rows.append([str(count), where, *measured(page, tell, seen, whole)])
                page.close()
        browser.close()
    print(f"## The class board, headless Chromium without a GPU, 1440 × 900\n\n{machine()}\n")
    print("Milliseconds of the page's main thread for an update in which every card has changed; two a second come.")
    print("It is what such an update costs more than while the board is closed.\n")
    print(table(["cards", "the board", "script", "style and layout", "all"], rows))


if __name__ == "__main__":
    main()

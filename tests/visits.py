"""Visits to pages in a real Chromium: each by a visitor of its own, and whatever goes wrong on its page is noted."""

import contextlib
import json
import re
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

import slow_line
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

#: What a visitor may wish of every page, by Playwright's names, and what it is without a wish.
MEDIA = {"color_scheme": "light", "reduced_motion": "no-preference"}


class Contexts:
    """Browser contexts, used again: a page whose scripts have been compiled before loads in a third of the time.

    Nobody uses one while another has it, and whoever gets one finds nothing that an earlier visitor left.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = defaultdict(list)
        #: An empty page of each, which stays, and from which the others are swept.
        self._sweepers: dict[BrowserContext, tuple[Page, CDPSession]] = {}
        #: A page of some, which waits at an address without scripts for the next visitor.
        self._parked: dict[BrowserContext, Page] = {}

    def take(self, **options: Any) -> tuple[str, BrowserContext]:
        """A context with these options, and what it has to be given back as."""
        kind = json.dumps(options, sort_keys=True)
        free = self._free[kind]
        if not free:
            context = self._browser.new_context(**options)
            sweeper = context.new_page()
            self._sweepers[context] = sweeper, context.new_cdp_session(sweeper)
            free.append(context)
        return kind, free.pop()

    def page(self, context: BrowserContext, reuse: bool) -> Page:
        """A page of a context; the one that is parked, if it may be used again: it opens in half the time."""
        parked = self._parked.pop(context, None) if reuse else None
        return parked or context.new_page()

    def park(self, page: Page, base: str) -> None:
        """Have a page wait for the next visitor, with nothing of the last one's; its server must still answer."""
        page.mouse.up()
        page.mouse.move(0, 0)
        page.goto(f"{base}healthz")
        page.evaluate("sessionStorage.clear()")
        session = page.context.new_cdp_session(page)
        session.send("Page.resetNavigationHistory")
        session.detach()
        self._parked[page.context] = page

    def give_back(self, kind: str, context: BrowserContext, origins: set[str]) -> None:
        """Close its pages and forget what these origins have stored."""
        sweeper, session = self._sweepers[context]
        for page in context.pages:
            if page not in (sweeper, self._parked.get(context)):
                page.close()
        for origin in origins:
            session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        self._free[kind].append(context)


class Visits:
    """The visits of one test."""

    def __init__(self, contexts: Contexts) -> None:
        self._contexts = contexts
        self._taken: list[tuple[str, BrowserContext, set[str]]] = []
        #: Pages that may be used again, where they are to wait, and what was listening to them.
        self._again: list[tuple[Page, str, dict[str, Any]]] = []
        self.faults: list[str] = []

    def open(self, address: str, base: str, forgive: str = "$^", reuse: bool = False, **options: Any) -> Page:
        """A visitor's page; messages in its console that are not forgiven and requests to elsewhere are faults.

        With `reuse` it may have been another visitor's and may become one: nothing must be planted in it for good.

        Size and wishes are the page's own, so that few kinds of contexts are needed.
        """
        reuse = reuse and not slow_line.SLOW  # its script stays in a page
        size = options.pop("viewport", {"width": 1440, "height": 900})
        wishes = {name: options.pop(name, usual) for name, usual in MEDIA.items()}
        kind, context = self._contexts.take(**options)
        parts = urlsplit(address)
        self._taken.append((kind, context, {f"{parts.scheme}://{parts.netloc}"}))
        page, faults = self._contexts.page(context, reuse), self.faults
        if slow_line.SLOW:
            page.add_init_script(slow_line.SCRIPT)
        page.set_viewport_size(size)
        page.emulate_media(**wishes)
        own = (base, "data:", "blob:")
        listening: dict[str, Any] = {
            "console": lambda said: re.search(forgive, said.text) or faults.append(f"{said.type}: {said.text}"),
            "pageerror": lambda error: faults.append(f"error: {error}"),
            "request": lambda request: request.url.startswith(own) or faults.append(request.url),
        }
        for event, listener in listening.items():
            page.on(event, listener)
        if reuse:
            self._again.append((page, base, listening))
        page.goto(address)
        return page

    def end(self) -> None:
        """Everybody leaves."""
        for page, base, listening in self._again:
            with contextlib.suppress(Exception):  # one that cannot be left in order is closed with the others
                for event, listener in listening.items():
                    page.remove_listener(event, listener)
                self._contexts.park(page, base)
        for kind, context, origins in self._taken:
            with contextlib.suppress(Exception):  # one that has broken is not used again
                self._contexts.give_back(kind, context, origins)
        assert not self.faults, "\n".join(self.faults)

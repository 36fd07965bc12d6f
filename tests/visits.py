"""Visits to pages in a real Chromium: each by a visitor of its own, and whatever goes wrong on its page is noted."""

import contextlib
import json
import re
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

import slow_line
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

#: What a visitor may wish of every page, by Playwright's names.
MEDIA = ("color_scheme", "reduced_motion")


class Contexts:
    """Browser contexts, used again: a page whose scripts have been compiled before loads in a third of the time.

    Nobody uses one while another has it, and whoever gets one finds nothing that an earlier visitor left.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = defaultdict(list)
        #: An empty page of each, which stays, and from which the others are swept.
        self._sweepers: dict[BrowserContext, tuple[Page, CDPSession]] = {}

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

    def give_back(self, kind: str, context: BrowserContext, origins: set[str]) -> None:
        """Close its pages and forget what these origins have stored."""
        sweeper, session = self._sweepers[context]
        for page in context.pages:
            if page is not sweeper:
                page.close()
        for origin in origins:
            session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        self._free[kind].append(context)


class Visits:
    """The visits of one test."""

    def __init__(self, contexts: Contexts) -> None:
        self._contexts = contexts
        self._taken: list[tuple[str, BrowserContext, set[str]]] = []
        self.faults: list[str] = []

    def open(self, address: str, base: str, forgive: str = "$^", **options: Any) -> Page:
        """A visitor's page; messages in its console that are not forgiven and requests to elsewhere are faults.

        Size and wishes are the page's own, so that few kinds of contexts are needed.
        """
        size = options.pop("viewport", {"width": 1440, "height": 900})
        wishes = {name: options.pop(name) for name in MEDIA if name in options}
        kind, context = self._contexts.take(**options)
        parts = urlsplit(address)
        self._taken.append((kind, context, {f"{parts.scheme}://{parts.netloc}"}))
        page, faults = context.new_page(), self.faults
        if slow_line.SLOW:
            page.add_init_script(slow_line.SCRIPT)
        page.set_viewport_size(size)
        page.emulate_media(**wishes)
        page.on(
            "console",
            lambda message: re.search(forgive, message.text) or faults.append(f"{message.type}: {message.text}"),
        )
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on(
            "request", lambda request: request.url.startswith((base, "data:", "blob:")) or faults.append(request.url)
        )
        page.goto(address)
        return page

    def end(self) -> None:
        """Everybody leaves."""
        for kind, context, origins in self._taken:
            with contextlib.suppress(Exception):  # one that has broken is not used again
                self._contexts.give_back(kind, context, origins)
        assert not self.faults, "\n".join(self.faults)

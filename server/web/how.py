"""The page "How do we know?": published results to read, and to have computed; and the step that all rests on."""

import asyncio
import inspect
from functools import cache, lru_cache

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from ...engine.golden import GOLDEN
from ...engine.step import formulas, textbook
from ..limits import PAGES_KEPT
from .calculations import Calculations
from .joining import is_code
from .page import Page
from .pages import GAP, rendered, root_of

#: The files in which one step is written as a textbook prints it, and what each has.
LISTINGS = {
    "engine/step/textbook.py": (textbook, "forward, loss, backward, update"),
    "engine/step/formulas.py": (formulas, "every activation, loss and optimiser"),
}


def way_back(room: str) -> str:
    """The stage that somebody came from."""
    return f"/r/{room}" if is_code(room) else "/"


@cache
def how_text(root: str) -> str:
    """The page, but for the way back."""
    listings = [(name, what, inspect.getsource(module)) for name, (module, what) in LISTINGS.items()]
    return rendered("how.html", root, entries=GOLDEN.values(), listings=listings, back=GAP)


@lru_cache(PAGES_KEPT)
def how_page(root: str, back: str) -> Page:
    """The page of somebody who came from there."""
    return Page(how_text(root).replace(GAP, root + back))


def routes(calculations: Calculations) -> APIRouter:
    """Read with GET, compute with POST."""
    router = APIRouter(prefix="/how")

    @router.get("")
    async def how(request: Request, room: str = "") -> Response:
        """Sources, stories and published numbers; ours are filled in when asked for."""
        return how_page(root_of(request), way_back(room)).answer(request)

    @router.post("/{name}")
    async def compute(name: str) -> Response:
        """One entry, computed now."""
        if name not in GOLDEN:
            return JSONResponse({"field": "name", "was": name[:80], "expected": f"one of {', '.join(GOLDEN)}"}, 404)
        try:
            answer = await calculations.ask(name)
        except asyncio.CancelledError:
            # Said by the server to all who still wait when it ends; a traceback would help nobody.
            answer = b""
        if not answer:
            return JSONResponse({"field": name, "was": "no answer", "expected": "the engine's numbers"}, 503)
        return Response(answer, media_type="application/json")

    return router

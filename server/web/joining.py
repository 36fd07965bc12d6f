"""How others come in: the page on which they type a room's code, and whether there is such a room."""

import math
import time
from collections.abc import Callable
from functools import cache

from fastapi import APIRouter, Request, Response

from ..classroom.codes import ALPHABET, CODE_LENGTH
from ..quotas.throttle import Guesses
from .page import Page
from .pages import rendered, root_of
from .qr import svg

#: The header with the secret of the browser's tab.
TAB = "nablascope-tab"


def is_code(text: str) -> bool:
    """Whether a room could have this code."""
    return len(text) == CODE_LENGTH and set(text) <= set(ALPHABET)


@cache
def join_page(root: str) -> Page:
    """A code and a name; the page itself reads a code in its address."""
    return Page(rendered("join.html", root, alphabet=ALPHABET, length=CODE_LENGTH))


def routes(exists: Callable[[str], bool], guesses: Guesses) -> APIRouter:
    """`exists` says whether a room with this code can be entered; wrong codes count against browser and address."""
    router = APIRouter()

    @router.get("/join")
    @router.get("/join/{code}")
    async def join(request: Request) -> Response:
        """The page, whatever code is in its address."""
        return join_page(root_of(request)).answer(request)

    @router.get("/rooms/{code}")
    async def room(request: Request, code: str) -> Response:
        """204: there is such a room; 404: there is none; 429: too many wrong codes, none is looked up now."""
        guesser, now = (str(request.state.visitor), request.headers.get(TAB, "")[:64]), time.monotonic()
        wait = guesses.wait(*guesser, now)
        if wait:
            return Response(status_code=429, headers={"retry-after": str(math.ceil(wait))})
        if is_code(code) and exists(code):
            return Response(status_code=204)
        guesses.wrong(*guesser, now)
        return Response(status_code=404)

    @router.get("/qr/{code}.svg")
    def qr(request: Request, code: str) -> Response:
        """The way to join, as a QR code. It is drawn whether there is such a room or not, and so tells nobody."""
        if not is_code(code):
            return Response(status_code=404)
        return Response(svg(f"{request.state.base}/join/{code}"), media_type="image/svg+xml")

    return router

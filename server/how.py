"""The page "How do we know?": published results to read, and to have computed."""

import asyncio

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from ..engine.golden import GOLDEN
from .calculations import Calculations
from .joining import is_code
from .pages import root_of, templates


def way_back(room: str) -> str:
    """The stage that somebody came from."""
    return f"/r/{room}" if is_code(room) else "/"


def routes(calculations: Calculations) -> APIRouter:
    """Read with GET, compute with POST."""
    router = APIRouter(prefix="/how")

    @router.get("")
    def how(request: Request, room: str = "") -> Response:
        """Sources, stories and published numbers; ours are filled in when asked for."""
        context = {"entries": GOLDEN.values(), "back": root_of(request) + way_back(room)}
        return templates.TemplateResponse(request, "how.html", context)

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

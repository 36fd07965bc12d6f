"""The composition root: the only module that knows all others."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from fastapi import FastAPI, WebSocket
from fastapi.middleware.gzip import GZipMiddleware

from .live.hub import Hub
from .live.socket import Connection
from .quotas.throttle import Guesses
from .storage.store import Store
from .web.assets import Assets, pack_all, standing
from .web.calculations import Calculations
from .web.how import how_page, routes
from .web.joining import join_page
from .web.joining import routes as joining_routes
from .web.pages import compare_page, router, stage_page
from .web.security import Guard
from .web.site import Site


def prepare_pages(site: Site) -> None:
    """Make what every visitor is sent, as this machine opens it: later, all rooms would wait for it."""
    own = urlsplit(site.own)
    stage_page(site.root, site.for_others(own.scheme, own.netloc))
    compare_page(site.root)
    how_page(site.root, "/")
    join_page(site.root)
    standing(site.root)
    pack_all()


def make_app(site: Site, processes: int, store: Store | None) -> FastAPI:
    """The application; its training processes live as long as it does.

    Its `state.opened` is the code and the teacher's token of the room that waits for a class, or None.
    """
    guesses, hub, calculations = Guesses(), Hub(processes, store, site.local_network), Calculations()

    def exists(code: str) -> bool:
        return hub.registry.find(code) is not None or (store is not None and store.has(code))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await hub.start()
        prepare_pages(site)  # while the training processes begin
        gc.collect()
        app.state.opened = hub.open_room() if site.local_network else None
        gc.freeze()  # what stays for ever need not be looked through: 25 ms of every full collection
        yield
        await asyncio.gather(hub.close(), calculations.close())

    # FastAPI's own documentation pages load scripts from elsewhere: off.
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.short = lambda: hub.runs.pool.short
    app.include_router(router)
    app.include_router(routes(calculations))
    app.include_router(joining_routes(exists, guesses))
    app.mount("/static", Assets())

    @app.websocket("/ws")
    async def ws(websocket: WebSocket) -> None:
        await Connection(websocket, hub, guesses).serve()

    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=1)  # pages; files come packed
    app.add_middleware(Guard, site=site)
    return app

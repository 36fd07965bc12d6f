"""Pages and files over HTTP."""

import json
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any

import numpy as np
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from jinja2 import Environment, FileSystemLoader

from ...engine import COMPARISONS, COURSES, DATASETS, PRESETS, Experiment, to_address
from ...engine.content.courses import Scene
from ..limits import PAGES_KEPT
from ..training.wave import LAST_STEPWISE, SPEED_NAMES
from .assets import contents, files_at, folder, import_map, modules, start
from .page import Page

NO_PROCESS = "training processes cannot be started; the log says why"
#: Points in a data set's thumbnail.
DOTS = 70

#: Stands in a text until it is known what belongs there.
GAP = "~gap~"

router = APIRouter()
templates = Environment(loader=FileSystemLoader(folder("templates")), autoescape=True)


def rendered(template: str, root: str, **context: Any) -> str:
    """A template, with what every one knows: the paths before pages and files, and the scripts that stand in it."""
    known = {
        "root": root,
        "files": files_at(root),
        "modules": modules,
        "start": start(),
        "import_map": import_map(root),
    }
    return templates.get_template(template).render(**known, **context)


def root_of(request: Request) -> str:
    """The path before every page, "" where there is none."""
    return str(request.scope["root_path"])


@cache
def description() -> dict[str, Any]:
    """All that can be chosen, from the engine's own tables."""
    return {
        "version": version("nablascope"),
        "fields": Experiment.describe(),
        "presets": [
            {"name": preset.name, "sentence": preset.sentence, "speed": preset.speed} for preset in PRESETS.values()
        ],
        "speeds": {"names": list(SPEED_NAMES), "last_stepwise": LAST_STEPWISE},
        "thumbnails": {name: thumbnail(name) for name in DATASETS},
    }


@cache
def comparisons() -> list[dict[str, str]]:
    """The comparisons there are; their address has one experiment's after the other."""
    return [
        {
            "name": comparison.name,
            "sentence": comparison.sentence,
            "address": "||".join(to_address(experiment) for experiment in comparison.experiments),
        }
        for comparison in COMPARISONS.values()
    ]


@cache
def lessons() -> list[dict[str, Any]]:
    """The lessons there are; their texts are templates of the stage."""
    return [
        {
            "name": lesson.name,
            "title": lesson.title,
            "pages": [{"name": page.name, "title": page.title, "scene": told(page.scene)} for page in lesson.pages],
        }
        for lesson in COURSES.values()
    ]


def told(scene: Scene) -> dict[str, Any]:
    """A scene as plain data; of its experiment what differs from the defaults, as an address has it."""
    usual = Experiment().to_dict()
    settings = {name: value for name, value in scene.experiment.to_dict().items() if value != usual[name]}
    selection = {"layer": 0, "unit": 0, "source": 0, **scene.selection} if scene.selection else None
    return {
        "preset": scene.preset, "changes": dict(scene.changes), "settings": settings, "speed": scene.speed,
        "selection": selection, "lab": scene.lab, "ladder": scene.ladder,
    }  # fmt: skip


def thumbnail(name: str) -> dict[str, Any]:
    """A small picture of a data set: points with their classes, a curve, or one image.

    Of a surface the points say whether it is above or below the middle; of a table they are its last two columns,
    brought to the size of the picture.
    """
    dataset = DATASETS[name]
    x, labels = dataset.make(np.random.default_rng(3), DOTS, 0.05)
    if dataset.image:
        return {"kind": "image", "x": [x[0].round(2).tolist()], "labels": labels[:1].tolist()}
    if dataset.n_inputs == 1:
        return {"kind": "curve", "x": np.column_stack([x[:, 0], labels]).round(2).tolist(), "labels": []}
    if dataset.task == "regression":
        labels = (labels > sum(dataset.target_range) / 2).astype(np.int64)
    if dataset.n_inputs > 2:
        every = max(1, len(x) // DOTS)
        x, labels = x[::every, -2:], labels[::every]
        x = 2 * (x - x.min(axis=0)) / np.ptp(x, axis=0) - 1
    return {"kind": "points", "x": x.round(2).tolist(), "labels": labels.tolist()}


@cache
def stage_text(root: str) -> str:
    """The stage, but for where others join: that depends on how a visitor came."""
    return drawn("stage.html", root, {**description(), "lessons": lessons(), "join": GAP})


@lru_cache(PAGES_KEPT)
def stage_page(root: str, base: str) -> Page:
    """The stage, for visitors who came by this address."""
    return Page(stage_text(root).replace(GAP, written(f"{base}/join")[1:-1]))


@cache
def compare_page(root: str) -> Page:
    """The page that compares runs."""
    return Page(drawn("compare.html", root, {**description(), "comparisons": comparisons()}))


@router.get("/")
@router.get("/r/{code}")
async def stage(request: Request) -> Response:
    """The stage; which room it shows is the socket's business, where others join it is told here."""
    return stage_page(root_of(request), request.state.base).answer(request)


@router.get("/compare")
async def compare(request: Request) -> Response:
    """Runs side by side; which ones, its address says to the browser alone."""
    return compare_page(root_of(request)).answer(request)


def drawn(template: str, root: str, described: dict[str, Any]) -> str:
    """A page that scripts draw, from what they are told."""
    names = [lesson["name"] for lesson in described.get("lessons", ())]
    return rendered(template, root, lessons=names, description=written(described))


def written(told: Any) -> str:
    """JSON that a page can hold."""
    return json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")


@router.get("/healthz")
def health(request: Request) -> Response:
    """Whether the server answers, and can train."""
    told = {"status": "ok", "version": version("nablascope")}
    if request.app.state.short():
        return JSONResponse({**told, "status": "not ok", "reason": NO_PROCESS}, 503)
    return JSONResponse(told)


@router.get("/favicon.ico")
def icon() -> Response:
    """Browsers ask for it unasked."""
    return Response(contents()["icon.svg"], media_type="image/svg+xml")

"""Pages and files over HTTP."""

import json
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
from fastapi import APIRouter, Request, Response
from fastapi.templating import Jinja2Templates

from ..engine import COMPARISONS, DATASETS, LESSONS, PRESETS, Experiment, to_address
from ..engine.lessons import Scene
from .assets import LIBRARIES, edition, folder, modules
from .wave import LAST_STEPWISE, SPEED_NAMES

#: Points in a data set's thumbnail.
DOTS = 70

router = APIRouter()


def places(request: Request) -> dict[str, Any]:
    """What every template knows: the path before every page, that before every file, and what a module leads to."""
    root = root_of(request)
    return {"root": root, "files": files_at(root), "modules": modules}


templates = Jinja2Templates(folder("templates"), context_processors=[places])


def root_of(request: Request) -> str:
    """The path before every page, "" where there is none."""
    return str(request.scope["root_path"])


def files_at(root: str) -> str:
    """The path before modules, styles and vendored libraries."""
    return f"{root}/static/{edition()}"


def import_map(root: str) -> dict[str, dict[str, str]]:
    """Bare names of the vendored libraries, and where they are."""
    return {"imports": {name: f"{files_at(root)}/vendor/{file}" for name, file in LIBRARIES.items()}}


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
        for lesson in LESSONS.values()
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


@router.get("/")
@router.get("/r/{code}")
def stage(request: Request, code: str | None = None) -> Response:
    """The stage; which room it shows is the socket's business, where others join it is told here."""
    described = {**description(), "lessons": lessons(), "join": f"{request.state.base}/join"}
    return drawn(request, "stage.html", described)


@router.get("/compare")
def compare(request: Request) -> Response:
    """Runs side by side; which ones, its address says to the browser alone."""
    return drawn(request, "compare.html", {**description(), "comparisons": comparisons()})


def drawn(request: Request, template: str, described: dict[str, Any]) -> Response:
    """A page that scripts draw, from what they are told."""
    context = {
        "nonce": request.state.nonce,
        "lessons": [lesson["name"] for lesson in described.get("lessons", ())],
        "import_map": json.dumps(import_map(root_of(request))),
        "description": json.dumps(described, ensure_ascii=False).replace("<", "\\u003c"),
    }
    return templates.TemplateResponse(request, template, context)


@router.get("/healthz")
def health() -> dict[str, str]:
    """Whether the server answers."""
    return {"status": "ok", "version": version("nablascope")}


@router.get("/favicon.ico")
def icon() -> Response:
    """Browsers ask for it unasked."""
    return Response((folder("static") / "icon.svg").read_bytes(), media_type="image/svg+xml")

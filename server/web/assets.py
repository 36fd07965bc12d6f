"""Modules, styles and libraries, under an address that changes with what they are, so that browsers may keep them."""

import base64
import gzip
import hashlib
import json
import mimetypes
import os
import posixpath
import re
from functools import cache
from importlib import resources
from pathlib import Path

from fastapi import Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.types import Scope

#: For a year, without asking: the address is that of these very bytes.
KEEP = "public, max-age=31536000, immutable"
#: Systems differ in what they think a module is; a browser runs it only as JavaScript.
mimetypes.add_type("text/javascript", ".js")
#: The vendored libraries' bare names, and their files.
LIBRARIES = {
    "preact": "preact.js", "preact/hooks": "preact-hooks.js", "htm": "htm.js", "htm/preact": "htm-preact.js",
    "@preact/signals-core": "signals-core.js", "@preact/signals": "signals.js", "uplot": "uplot.js",
}  # fmt: skip
IMPORTS = re.compile(r'\b(?:from|import)\s*"([^"]+)"')


def folder(package: str) -> Path:
    """Where a package's files are; all ship unzipped."""
    return Path(str(resources.files(f"nablascope.{package}")))


@cache
def contents() -> dict[str, bytes]:
    """Every file in `static`, by its path there, as it was when this was first asked for.

    From memory a file takes the server a third of a millisecond, from a disk more than one; and a class, whose every
    page asks for 130, opens them in one moment.
    """
    root = folder("static")
    paths = sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


@cache
def packed(name: str) -> bytes | None:
    """The same with gzip, or None where that is not shorter: a class's Wi-Fi has to carry a third of the bytes."""
    text = contents()[name]
    short = gzip.compress(text, mtime=0)
    return short if len(short) < len(text) else None


@cache
def edition() -> str:
    """Stands for the contents of all files."""
    digest = hashlib.sha256()
    for name, text in contents().items():
        digest.update(name.encode() + b"\0" + text)
    return digest.hexdigest()[:16]


@cache
def modules(entry: str) -> list[str]:
    """All modules that one leads to, itself first, by their paths in `static`.

    A page names them, so that a browser asks for all at once and not level by level.
    """
    found = [entry]
    for path in found:
        for name in IMPORTS.findall(contents()[path].decode()):
            if name in LIBRARIES:
                following = f"vendor/{LIBRARIES[name]}"
            elif name.startswith("."):
                following = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
            else:
                continue
            if following not in found:
                found.append(following)
    return found


def files_at(root: str) -> str:
    """The path before modules, styles and vendored libraries."""
    return f"{root}/static/{edition()}"


@cache
def import_map(root: str) -> str:
    """Bare names of the vendored libraries, and where they are: a script that stands in a page."""
    return json.dumps({"imports": {name: f"{files_at(root)}/vendor/{file}" for name, file in LIBRARIES.items()}})


@cache
def start() -> str:
    """The script that stands in every page and says what keeps it from starting, as a browser reads it."""
    return contents()["start.js"].decode().replace("\r\n", "\n")


@cache
def standing(root: str) -> str:
    """The scripts that stand in pages, as a Content-Security-Policy names them: by the digests of their texts."""
    digests = [hashlib.sha256(text.encode()).digest() for text in (import_map(root), start())]
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def pack_all() -> None:
    """Read and pack every file, so that no visitor waits for it: 30 ms."""
    for name in contents():
        packed(name)


class Assets(StaticFiles):
    """Files by their names, and by edition and name; those of this edition may be kept.

    Relative imports stay within an edition, so that no page has files of two.
    """

    def __init__(self) -> None:
        super().__init__(directory=folder("static"))

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file. Of another edition what is there now: whoever keeps that has to ask before using it again."""
        first, _, rest = path.partition(os.sep)
        if not rest or len(first) != len(edition()):
            return await super().get_response(path, scope)
        name = rest.replace(os.sep, "/")
        if first != edition() or name not in contents() or scope["method"] not in ("GET", "HEAD"):
            return await super().get_response(rest, scope)
        text, headers = contents()[name], {"cache-control": KEEP}
        short = packed(name) if "gzip" in Headers(scope=scope).get("accept-encoding", "") else None
        if short is not None:
            text, headers = short, {**headers, "content-encoding": "gzip", "vary": "Accept-Encoding"}
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Response(text, media_type=kind, headers=headers)

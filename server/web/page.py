"""A page as it is sent: rendered and packed once, and sent again until it changes."""

import gzip
import hashlib

from fastapi import Request, Response


class Page:
    """One page's text, the same with gzip, and the tag by which a browser that has it asks whether it is still so."""

    def __init__(self, text: str) -> None:
        self.text = text.encode()
        self.packed = gzip.compress(self.text, 6, mtime=0)
        # Weak: it is the same for both forms.
        self.tag = f'W/"{hashlib.sha256(self.text).hexdigest()[:16]}"'

    def answer(self, request: Request) -> Response:
        """The page, or 304 for a browser that has it."""
        headers, varied = {"etag": self.tag}, {"etag": self.tag, "vary": "Accept-Encoding"}
        known = {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}
        if known & {self.tag, self.tag.removeprefix("W/"), "*"}:
            return Response(status_code=304, headers=varied)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self.packed, media_type="text/html", headers={**varied, "content-encoding": "gzip"})
        # What is not packed the middleware for packing says to vary.
        return Response(self.text, media_type="text/html", headers=headers)

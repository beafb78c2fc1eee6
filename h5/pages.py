"""Serves the built pages: every asset in the encoding the client takes, every page address with the one document."""

import mimetypes
from dataclasses import dataclass
from pathlib import Path

from sanic import HTTPResponse, Request, Sanic
from sanic.response import redirect

from kit.errors import NotFound, Unavailable

DIST = Path(__file__).parent / "dist"
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": POLICY,
}
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


@dataclass(frozen=True)
class _Asset:
    """One file of the build with its pre-compressed forms."""

    media_type: str
    bodies: dict[str, bytes]

    def answer(self, request: Request, cache: str) -> HTTPResponse:
        accepted = request.headers.get("accept-encoding", "")
        encoding = next((name for name, _ in _ENCODINGS if name in accepted and name in self.bodies), "")
        headers = {**_SAFE, "Cache-Control": cache, "Vary": "Accept-Encoding"}
        if encoding:
            headers["Content-Encoding"] = encoding
        return HTTPResponse(self.bodies[encoding], 200, headers, self.media_type)


def load(folder: Path = DIST) -> dict[str, _Asset]:
    """Every file of the build by its path below `folder`; empty when the pages were not built."""
    assets: dict[str, _Asset] = {}
    for file in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if file.is_file() and file.suffix not in (".br", ".gz"):
            bodies = {"": file.read_bytes()}
            for name, suffix in _ENCODINGS:
                packed = file.with_name(file.name + suffix)
                if packed.exists():
                    bodies[name] = packed.read_bytes()
            media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            if media_type.startswith("text/") or media_type.endswith("javascript"):
                media_type += "; charset=utf-8"
            assets[file.relative_to(folder).as_posix()] = _Asset(media_type, bodies)
    return assets


def serve(app: Sanic, folder: Path = DIST) -> None:
    """Put the pages of `folder` below `/h5/` on `app`, and `/` in front of them."""
    assets = load(folder)

    @app.get("/", name="pages_root")
    async def root(_request: Request) -> HTTPResponse:
        return redirect("/h5/")

    @app.get("/h5/<path:path>", name="pages")
    async def page(request: Request, path: str) -> HTTPResponse:
        if not assets:
            raise Unavailable("pages.not_built", "The pages are not built: run `make pages`")
        asset = assets.get(path)
        if asset is not None and path != "index.html":
            forever = "public, max-age=31536000, immutable"
            return asset.answer(request, forever if path.startswith("assets/") else "public, max-age=3600")
        if "." in path.rsplit("/", 1)[-1] and path != "index.html":
            raise NotFound("pages.not_found", "No such file")
        return assets["index.html"].answer(request, "no-cache")

    @app.get("/h5/", name="pages_home")
    async def home(request: Request) -> HTTPResponse:
        return await page(request, "")

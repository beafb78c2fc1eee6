"""The mini-program: its API types are the document's, its package is in order, and it works against real processes."""

from pathlib import Path

import httpx
import pytest

from miniprogram import build
from tests.platform import Platform


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    """The npm packages of the lock file."""
    build.install()


def test_the_api_types_are_those_of_the_document(platform: Platform) -> None:
    document = httpx.get(f"{platform.url}/openapi.json", trust_env=False)
    assert build.types_of(document.text) == build.TYPES.read_text(), "openapi.d.ts is out of date: make mini"


def test_the_sources_fit_the_document_and_what_does_not_is_found() -> None:
    wrong = build.ROOT / "src" / "api" / "wrong.ts"
    wrong.write_text("import type { Me } from './schema'\nexport const nick = (me: Me): string => me.nick_name\n")
    try:
        with pytest.raises(build.BuildError) as told:
            build.check()
    finally:
        wrong.unlink()
    errors = [line for line in str(told.value).splitlines() if "error TS" in line]
    assert [line.split("(")[0] for line in errors] == ["src/api/wrong.ts"], told.value


def test_pages_and_package(platform: Platform, tmp_path: Path) -> None:
    """Everything in miniprogram/tests, against a package built for this platform."""
    told = {"API_ORIGIN": platform.url, "SUBSCRIBE_TEMPLATES": "template-1", "MINI_DIST": str(tmp_path)}
    build.package(tmp_path, told)
    print(build.npm("test", told=told | {"PLATFORM_URL": platform.url, "SANDBOX_URL": platform.sandbox_url}))

"""The mini-program: its API types are the document's, its package is in order, and it works against real processes."""

from pathlib import Path

import pytest

from miniprogram import build
from tests.platform import Platform


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    """The npm packages of the lock file."""
    build.install()


def test_the_api_types_are_those_of_the_document(platform: Platform) -> None:
    document = platform.run("openapi")
    assert document.returncode == 0, document.stderr
    assert build.types_of(document.stdout) == build.TYPES.read_text(), "openapi.d.ts is out of date: make mini"


def test_the_sources_fit_the_types() -> None:
    build.check()


def test_a_field_the_document_does_not_know_does_not_compile() -> None:
    wrong = build.ROOT / "src" / "api" / "wrong.ts"
    wrong.write_text("import type { Me } from './schema'\nexport const nick = (me: Me): string => me.nick_name\n")
    try:
        with pytest.raises(build.BuildError, match="nick_name"):
            build.check()
    finally:
        wrong.unlink()


def test_pages_and_package(platform: Platform, tmp_path: Path) -> None:
    """Everything in miniprogram/tests, against a package built for this platform."""
    told = {"API_ORIGIN": platform.url, "SUBSCRIBE_TEMPLATES": "template-1", "MINI_DIST": str(tmp_path)}
    build.package(tmp_path, told)
    print(build.npm("test", told=told | {"PLATFORM_URL": platform.url, "SANDBOX_URL": platform.sandbox_url}))

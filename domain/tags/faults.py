"""What is wrong with tests of tags, wherever they are written."""

from collections.abc import Mapping, Sequence

from domain.tags.catalogue import catalogue
from domain.tags.definition import TagTest
from domain.tags.rules import misfit
from kit.errors import Fault


async def faults(path: str, tests: Sequence[TagTest]) -> list[Fault]:
    """Of a list of tests that stands at `path`: tags that are not live, tests that do not fit their tag's type."""
    return await faults_at({f"{path}[{place}]": test for place, test in enumerate(tests)})


async def faults_at(tests: Mapping[str, TagTest]) -> list[Fault]:
    """As `faults`, of tests by the path each stands at."""
    await catalogue.refresh()
    found: list[Fault] = []
    for path, test in tests.items():
        tag = catalogue.live.get(test.tag)
        if tag is None:
            found.append(Fault(f"{path}.tag", "tag.unknown_reference", f"there is no live tag {test.tag!r}"))
        elif detail := misfit(test, tag.definition):
            found.append(Fault(path, "tag.test_does_not_fit", detail))
    return found

"""What a file of values is for."""

from domain import approvals
from domain.operators import OperatorIdentity
from domain.tags.catalogue import KIND, catalogue
from kit import clock
from kit.errors import Conflict


async def import_target(operator: OperatorIdentity, code: str) -> str:
    """The tag, its version and the business day: the same file on another day says that values still are as they were.

    Raises `NotFound`, also for another branch's tag, `Conflict` (`tag.not_imported`) where no live tag takes files.
    """
    await approvals.read(KIND, code, operator)
    await catalogue.refresh()
    tag = catalogue.live.get(code)
    if tag is None or tag.definition.source.imported is None:
        raise Conflict("tag.not_imported", "该标签未上线，或不是由文件导入的标签")
    return f"{code}/{tag.version_id}@{clock.today().isoformat()}"

"""Documents of this environment for another one."""

from collections.abc import Sequence

from domain import approvals
from domain.bundles.bundle import FORMAT, Bundle, BundleDocument
from domain.operators import OperatorIdentity
from kit import clock


async def take_out(wanted: Sequence[tuple[str, str]], operator: OperatorIdentity) -> Bundle:
    """The documents of these kinds and codes: what is live or paused, where nothing is the latest version.

    Raises `NotFound` where one is not there, or another branch's.
    """
    documents = []
    for kind, code in wanted:
        reading = await approvals.read(kind, code, operator)
        version = reading.live or reading.latest
        documents.append(BundleDocument(kind, code, version.body, version.content_hash, version.version, version.state))
    return Bundle(FORMAT, documents, clock.local_text(clock.now()))

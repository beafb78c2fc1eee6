"""Voucher codes go into the vault, each once."""

from collections.abc import Sequence

import msgspec

from domain import approvals
from domain.benefits.catalogue import KIND
from domain.benefits.codes import vault
from domain.operators import OperatorIdentity, Role, check_role
from kit import clock, database
from kit.errors import Conflict

LONGEST = 200


class Imported(msgspec.Struct, frozen=True):
    """What became of them; duplicates were known already or stood there twice."""

    imported: int
    duplicates: int


async def supplier_of_codes(operator: OperatorIdentity, benefit: str) -> str:
    """Whose codes this operator may take in for a benefit.

    Raises `NotFound`, `Forbidden` (`operator.missing_role`), `Conflict` (`benefit.no_codes`: it needs none).
    """
    check_role(operator, Role.MAKER)
    reading = await approvals.read(KIND, benefit, operator)
    if reading.latest.body["stock_mode"] != "codes":
        raise Conflict("benefit.no_codes", "这项权益不使用券码")
    supplier: str = reading.latest.body["supplier"]
    return supplier


async def keep_codes(supplier: str, benefit: str, codes: Sequence[str]) -> Imported:
    """Keep codes, none of them empty or longer than 200 characters. Idempotent, also where the supplier sent a code for
    another benefit before.
    """
    # In order of digest, so that two imports of the same codes wait for each other instead of both.
    kept = await database.fetch(
        """INSERT INTO benefit_code (benefit, supplier, sealed, digest, imported_at)
           SELECT $1, $5, sealed, digest, $4
           FROM unnest($2::bytea[], $3::bytea[]) WITH ORDINALITY AS t (sealed, digest, place) ORDER BY digest, place
           ON CONFLICT (supplier, digest) DO NOTHING RETURNING id""",
        benefit,
        [vault().seal(code) for code in codes],
        [vault().digest(code) for code in codes],
        clock.now(),
        supplier,
    )
    return Imported(len(kept), len(codes) - len(kept))

"""Voucher codes of a supplier, taken in: sealed, each once."""

from collections.abc import Sequence

import msgspec

from domain import approvals
from domain.benefits.catalogue import KIND
from domain.benefits.codes import vault
from domain.operators import OperatorIdentity, Role, acted, check_role
from kit import clock, database, logging
from kit.errors import BadInput, Conflict, Fault

log = logging.get("benefits")


class Imported(msgspec.Struct, frozen=True):
    """What became of them; duplicates were known already or stood there twice."""

    imported: int
    duplicates: int


async def import_codes(operator: OperatorIdentity, benefit: str, codes: Sequence[str]) -> Imported:
    """Take in codes of a benefit. Idempotent, also where its supplier sent a code for another benefit before. They
    appear in no log, and nobody but their owner sees them again.

    Raises `NotFound`, `Forbidden` (`operator.missing_role`), `Conflict` (`benefit.no_codes`: it needs none), `BadInput`
    with the path of each empty code.
    """
    check_role(operator, Role.MAKER)
    reading = await approvals.read(KIND, benefit, operator)
    if reading.latest.body["stock_mode"] != "codes":
        raise Conflict("benefit.no_codes", "这项权益不使用券码")
    faults = [
        Fault(f"codes[{place}]", "benefit.code", "a text of 1 to 200 characters")
        for place, code in enumerate(codes)
        if not code.strip() or len(code.strip()) > 200
    ]
    if faults:
        raise BadInput("benefit.codes", "券码有误，请按所列路径修改", faults)
    plain = [code.strip() for code in codes]
    async with database.transaction() as connection:
        # In order of digest, so that two imports of the same codes wait for each other instead of both.
        kept = await connection.fetch(
            """INSERT INTO benefit_code (benefit, supplier, sealed, digest, imported_at)
               SELECT $1, $5, sealed, digest, $4
               FROM unnest($2::bytea[], $3::bytea[]) WITH ORDINALITY AS t (sealed, digest, place)
               ORDER BY digest, place ON CONFLICT (supplier, digest) DO NOTHING RETURNING id""",
            benefit,
            [vault().seal(code) for code in plain],
            [vault().digest(code) for code in plain],
            clock.now(),
            reading.latest.body["supplier"],
        )
        detail = {"imported": len(kept), "duplicates": len(plain) - len(kept)}
        await acted(connection, operator, "benefit.import_codes", f"benefits/{benefit}", detail)
    log.info("benefit.codes_imported", benefit=benefit, imported=len(kept), operator=operator.username)
    return Imported(len(kept), len(plain) - len(kept))

"""Voucher codes of a supplier, taken in: sealed, each once."""

from collections.abc import Sequence

from domain.benefits.keep_codes import LONGEST, Imported, keep_codes, supplier_of_codes
from domain.operators import OperatorIdentity, acted
from kit import database, logging
from kit.errors import BadInput, Fault

log = logging.get("benefits")


async def import_codes(operator: OperatorIdentity, benefit: str, codes: Sequence[str]) -> Imported:
    """Take in codes of a benefit. Idempotent, also where its supplier sent a code for another benefit before. They
    appear in no log, and nobody but their owner sees them again.

    Raises `NotFound`, `Forbidden` (`operator.missing_role`), `Conflict` (`benefit.no_codes`: it needs none), `BadInput`
    with the path of each empty code.
    """
    supplier = await supplier_of_codes(operator, benefit)
    faults = [
        Fault(f"codes[{place}]", "benefit.code", "a text of 1 to 200 characters")
        for place, code in enumerate(codes)
        if not code.strip() or len(code.strip()) > LONGEST
    ]
    if faults:
        raise BadInput("benefit.codes", "券码有误，请按所列路径修改", faults)
    async with database.transaction() as connection:
        done = await keep_codes(supplier, benefit, [code.strip() for code in codes])
        detail = {"imported": done.imported, "duplicates": done.duplicates}
        await acted(connection, operator, "benefit.import_codes", f"benefits/{benefit}", detail)
    log.info("benefit.codes_imported", benefit=benefit, imported=done.imported, operator=operator.username)
    return done

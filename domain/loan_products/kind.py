"""Loan products as a kind of configuration."""

from domain.approvals import Kind, Version
from domain.loan_products import rules
from domain.loan_products.catalogue import KIND
from domain.loan_products.definition import LoanProducts
from kit.database import Connection
from kit.errors import RuleViolated


async def check(code: str, definition: LoanProducts) -> None:
    """Raises `RuleViolated` (`loan_products.impossible`) with the path of each fault."""
    faults = rules.faults_of(definition)
    if faults:
        raise RuleViolated("loan_products.impossible", "借款产品设置有误，请按所列路径修改", faults)


async def went_live(connection: Connection, version: Version) -> None:
    """Nothing follows: loans keep the product they were asked for under."""


LOAN_PRODUCTS = Kind(KIND, LoanProducts, check, went_live)

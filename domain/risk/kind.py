"""The table of rules as a kind of configuration. There is one document: which rule comes first can be seen, and is
approved, only where all of them stand in one list.
"""

from domain.approvals import Kind, Version
from domain.risk import rules
from domain.risk.definition import RiskRules
from kit.database import Connection
from kit.errors import Fault, RuleViolated

KIND = "risk-rules"


async def check(code: str, definition: RiskRules) -> None:
    """Raises `RuleViolated` (`risk_rules.code`, `risk_rules.impossible`) with the path of each fault."""
    if code != rules.CODE:
        fault = Fault("code", "risk_rules.code", f"the only one is {rules.CODE!r}")
        raise RuleViolated(fault.code, f"风控规则只有一份，编码为 {rules.CODE}", [fault])
    faults = rules.faults_of(definition)
    if faults:
        raise RuleViolated("risk_rules.impossible", "风控规则有误，请按所列路径修改", faults)


async def went_live(connection: Connection, version: Version) -> None:
    """Nothing follows: the next attempt is decided by it."""


_EXAMPLE = {
    "rules": [
        {
            "name": "一机多号",
            "actions": ["claim", "coupon_claim"],
            "when": {"signal": "customers", "by": "device", "seconds": 86_400, "at_least": 4},
            "decision": "deny",
        },
        {
            "name": "网段限流",
            "actions": ["coupon_claim"],
            "when": {"signal": "known", "by": "network"},
            "decision": "limit",
            "limit": {"at_most": 200, "seconds": 60, "by": "network"},
            "shadow": True,
        },
    ]
}
RISK_RULES = Kind(KIND, RiskRules, check, went_live, example=_EXAMPLE)

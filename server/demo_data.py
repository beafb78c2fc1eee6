"""What the demo begins with: operators, levels, templates of coupons and messages, tasks; live by maker and checker."""

import os
from typing import Any

import msgspec

from channels.sandbox import ensure_keys
from domain import approvals, benefits, operators
from domain.approvals import Kind
from domain.operators import HEAD_OFFICE, Branch, OperatorIdentity, Role
from kit.errors import NotFound
from server import local
from server.demo_audiences import AUDIENCES, TAGS
from server.demo_documents import (
    APPROVAL_LIMITS,
    ASKED_SUPPLIER,
    BENEFITS,
    CAMPAIGNS,
    EXCLUSIONS,
    FORBIDDEN_WORDS,
    LEVELS,
    MESSAGES,
    SUPPLIERS,
    TEMPLATES,
    VOUCHER_CODES,
)
from server.demo_journeys import JOURNEY_MESSAGES, JOURNEYS
from server.demo_loans import LOAN_PRODUCTS, STACKABLE
from server.demo_tasks import TASKS
from server.kinds import KINDS
from server.process import running
from server.settings import Settings

DEFAULT_PASSWORD = "cardquest-demo"  # noqa: S105 - printed at every start, for a demo on this machine
_EVERYTHING = list(Role)
BRANCHES = (("BJ", "北京分行"), ("SH", "上海分行"), ("SZ", "深圳分行"))
OPERATORS = (
    ("hq-maker", "总行经办", [Role.MAKER, Role.SUPPORT], "HQ"),
    ("hq-checker", "总行复核", [Role.CHECKER, Role.BUDGET_APPROVER], "HQ"),
    ("branch-maker", "上海分行经办", [Role.MAKER, Role.SUPPORT], "SH"),
    ("branch-checker", "上海分行复核", [Role.CHECKER], "SH"),
    ("admin", "系统管理员", _EVERYTHING, "HQ"),
)


def password() -> str:
    """The demo operators' password: `DEMO_PASSWORD`, or the one everybody knows."""
    return os.environ.get("DEMO_PASSWORD") or DEFAULT_PASSWORD


async def seed(settings: Settings, password: str) -> None:
    """Put everything in place that is not there yet; a second start changes nothing but the password."""
    async with running(settings):
        people = {
            username: await operators.ensure(username, name, password, roles, branch)
            for username, name, roles, branch in OPERATORS
        }
        for code, name in BRANCHES:
            await operators.put_branch(people["admin"], Branch(code, name, HEAD_OFFICE))
        documents: dict[str, dict[str, dict[str, Any]]] = {
            "approval-limits": {"default": APPROVAL_LIMITS},
            "forbidden-words": {"default": FORBIDDEN_WORDS},
            "mcc-exclusions": {"default": EXCLUSIONS},
            "tags": TAGS,
            "audiences": AUDIENCES,
            "message-templates": {**MESSAGES, **JOURNEY_MESSAGES},
            "loan-products": {"default": LOAN_PRODUCTS},
            "campaigns": CAMPAIGNS,
            "coupon-templates": {**TEMPLATES, **STACKABLE},
            "suppliers": {**SUPPLIERS, ASKED_SUPPLIER: _asked_supplier()},
            "benefits": BENEFITS,
            "level-tables": {"default": LEVELS},
            "tasks": TASKS,
            "journeys": JOURNEYS,
        }
        for kind_name, by_code in documents.items():
            kind = next(kind for kind in KINDS if kind.name == kind_name)
            for code, body in by_code.items():
                await _put_live(kind, code, body, people["hq-maker"], people["hq-checker"])
            if kind_name == "benefits":
                await benefits.import_codes(people["hq-maker"], "coffee", VOUCHER_CODES)


def _asked_supplier() -> dict[str, Any]:
    where = local.place()
    key = ensure_keys(where.data_dir / "keys").supplier_public_file.read_text()
    api = {"url": f"{where.sandbox_url}/suppliers/{ASKED_SUPPLIER}"}
    return {"name": "示例电影票务", "contact": "权益商对接人 李经理", "public_key": key, "api": api}


async def _put_live(
    kind: Kind, code: str, body: dict[str, Any], maker: OperatorIdentity, checker: OperatorIdentity
) -> None:
    try:
        known = (await approvals.read(kind.name, code, maker)).latest
    except NotFound:
        known = None
    # The sandbox may be at another port than last time.
    moved = known is not None and "api" in body and known.body["api"]["url"] != body["api"]["url"]
    if known is None or moved:
        await approvals.save_draft(kind, code, msgspec.convert(body, kind.definition), maker)
        await approvals.submit(kind, code, maker)
        await approvals.approve(kind, code, checker)

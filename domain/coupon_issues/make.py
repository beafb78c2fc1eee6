"""A maker asks for coupons for many customers."""

import msgspec
from msgspec import UNSET

from domain import approvals, audiences, coupons
from domain.approvals import Move
from domain.coupon_issues import cost, members, rules
from domain.coupon_issues.definition import Audience, Content, FileContent, IssueRequest
from domain.coupon_issues.issue import COLUMNS, CouponIssue, issue_of
from domain.coupon_issues.take_file import audience_file
from domain.operators import HEAD_OFFICE, OperatorIdentity, acted
from kit import clock, database
from kit.errors import Conflict, Fault, RuleViolated


class Made(msgspec.Struct, frozen=True):
    """The issue; `created` is false when it was made before under the same key."""

    issue: CouponIssue
    created: bool


async def make(operator: OperatorIdentity, asked: IssueRequest, idempotency_key: str) -> Made:
    """Submit an issue; nothing is issued before a checker approves. `total` is how many would get one now.

    Idempotent on the key of this operator. Raises `Forbidden` (`operator.missing_role`), `NotFound`
    (`import.not_found`), `RuleViolated` (`coupon_issue.impossible` with the path of each fault; `coupon_issue.nobody`),
    `Conflict` (`idempotency.key_reused`).
    """
    approvals.check_may(operator, Move.SUBMIT)
    faults = rules.faults_of(asked, operator.within) or [
        *await _template_faults(asked.template, operator),
        *await _audience_faults(asked.audience, operator),
    ]
    if faults:
        raise RuleViolated("coupon_issue.impossible", "发放设置有误，请按所列路径修改", faults)
    content = await _content(operator, asked)
    async with database.transaction() as connection:
        known = await connection.fetchrow(
            f"SELECT {COLUMNS} FROM coupon_issue WHERE maker_id = $1 AND idempotency_key = $2",
            operator.operator_id,
            idempotency_key,
        )
        if known is None:
            total = await members.count(connection, content, operator.branch)
            if not total:
                raise RuleViolated("coupon_issue.nobody", "没有符合条件的客户")
            known = await connection.fetchrow(
                f"""INSERT INTO coupon_issue (template, body, content_hash, branch, state, total, skipped, maker_id,
                                              idempotency_key, created_at, number, after_customer, issued, worked_ms,
                                              cost_fen)
                    VALUES ($1, $2, $3, $4, 'submitted', $5, '{{}}', $6, $7, $8, 0, 0, 0, 0, $9)
                    ON CONFLICT (maker_id, idempotency_key) DO NOTHING RETURNING {COLUMNS}""",
                content.template,
                msgspec.json.encode(content).decode(),
                rules.content_hash(content),
                operator.branch,
                total,
                operator.operator_id,
                idempotency_key,
                clock.now(),
                await cost.of(content.template, total),
            )
            if known is not None:
                detail = {"template": content.template, "content_hash": known["content_hash"], "total": total}
                await acted(connection, operator, "coupon_issue.make", f"coupon-issues/{known['id']}", detail)
                return Made(issue_of(known), created=True)
    if known is None:  # another request with this key was quicker by a moment
        return await make(operator, asked, idempotency_key)
    if known["content_hash"] != rules.content_hash(content):
        raise Conflict("idempotency.key_reused", "该请求编号已用于另一次发放，请重新发起")
    return Made(issue_of(known), created=False)


async def _content(operator: OperatorIdentity, asked: IssueRequest) -> Content:
    file = None
    if asked.file is not None:
        found = await audience_file(operator, int(asked.file))
        file = FileContent(found.id, found.name, found.digest)
    return Content(asked.template, asked.reason, asked.at_daily_cap, asked.audience, file)


async def _template_faults(code: str, operator: OperatorIdentity) -> list[Fault]:
    if await _is_usable(coupons.TEMPLATES.name, code, operator):
        return []
    return [Fault("template", "coupon_issue.unknown_template", f"there is no live coupon template {code!r}")]


async def _audience_faults(audience: Audience | None, operator: OperatorIdentity) -> list[Fault]:
    code = audience.code if audience else UNSET
    if code is UNSET or await _is_usable(audiences.AUDIENCES.name, code, operator):
        return []
    return [Fault("audience.code", "coupon_issue.unknown_audience", f"there is no live audience {code!r}")]


async def _is_usable(kind: str, code: str, operator: OperatorIdentity) -> bool:
    """A branch issues its own templates to its own audiences, and those of head office."""
    owner = await approvals.owner(kind, code)
    return owner is not None and (operator.sees(owner) or owner == HEAD_OFFICE)

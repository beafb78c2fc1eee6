"""Three branches with one of everything each: `sh` (with `pd` below it) and `bj`. Whatever is a branch's begins with its
code, so that an answer tells by its text whose things are in it.
"""

import json
from typing import Any

import msgspec

from domain import approvals, operators
from domain.approvals import Kind
from domain.approvals.content import body_of
from domain.operators import OperatorIdentity, Role
from domain.tasks import TASKS
from kit import clock
from kit import database as db

BRANCHES = {"sh": "HQ", "pd": "sh-branch", "bj": "HQ"}
"""And what each stands below."""
PASSWORD = "a-long-password-1"
OTHER_KINDS = {
    "suppliers": {"name": "n"},
    "campaigns": {"name": "n", "type": "use"},
    "coupon-templates": {"name": "n"},
    "benefits": {"name": "n", "stock_mode": "codes", "supplier": "{}-thing"},
    "journeys": {"name": "n", "trigger": {"event": "purchase"}, "first": "e", "steps": {"e": {"type": "end"}}},
    "message-templates": {"name": "n", "category": "service", "title": "t", "body": "b", "variables": []},
}
TASK = {
    "name": "n",
    "kind": "growth",
    "claim": {"mode": "automatic"},
    "content": {"category": "cumulative", "item": "purchase.count", "at_least": 1, "window": "claim"},
    "rewards": [],
    "follow_ups": {"mode": "chain", "rules": [{"task": "{}-next", "claim": "automatic"}]},
}

# $1 is the branch's short code, $2 the time.
_ROWS = (
    "INSERT INTO customer (customer_no, name, stage, branch, created_at)"
    " VALUES ($1 || '-customer', '王小明', 'base', $1 || '-branch', $2)",
    "INSERT INTO event (source, event_id, type, customer_id, occurred_at, digest, received_at, card_token, card_last4,"
    " amount_fen) SELECT 's', $1 || '-event', 'refund', id, $2, '', $2, 'ct_' || $1, '5770', 5 FROM customer"
    " WHERE customer_no = $1 || '-customer'",
    "INSERT INTO suspended_event (source, event_id, code, content, digest, received_at)"
    " VALUES ('s', $1 || '-event', 'c', '{}', '', $2)",
    "INSERT INTO claim (customer_id, task, version_id, cycle, state, progress, round, claimed_at, completed_at, turn,"
    " change_no) SELECT c.id, v.code, v.id, 'once', 'completed', '[{\"\": 1}]', 1, $2, $2, 1, 1"
    " FROM customer c, configuration v"
    " WHERE c.customer_no = $1 || '-customer' AND v.kind = 'tasks' AND v.code = $1 || '-thing'",
    "INSERT INTO reward_grant (claim_id, round, position, customer_id, kind, amount, title, cost_fen, state, settles_at)"
    " SELECT id, 1, 1, customer_id, 'coupon', 1, '', 10, 'clawed_back', $2 FROM claim WHERE task = $1 || '-thing'",
    "INSERT INTO debt (grant_id, customer_id, kind, amount, policy, state, settled, created_at)"
    " SELECT g.id, g.customer_id, 'coupon', 10, 'report', 'open', 0, $2 FROM reward_grant g"
    " JOIN claim k ON k.id = g.claim_id WHERE k.task = $1 || '-thing'",
    "INSERT INTO loan (customer_id, request_no, idempotency_key, fingerprint, amount_fen, periods, method, state,"
    " cost_table_version, cost_table_seconds, created_at, decided_at)"
    " SELECT id, $1 || '-loan', 'k', '', 100, 1, 'equal_instalment', 'disbursed', '1', 9, $2, $2 FROM customer"
    " WHERE customer_no = $1 || '-customer'",
    "INSERT INTO loan_discrepancy (loan_id, kind, amount_fen, detail, state, created_at)"
    " SELECT id, 'disbursed_after_release', 1, '', 'open', $2 FROM loan WHERE request_no = $1 || '-loan'",
    "INSERT INTO compensation (customer_id, kind, amount, cost_fen, reason, content_hash, state, maker_id,"
    " idempotency_key, day, created_at)"
    " SELECT id, 'experience', 1, 0, 'r', repeat('0', 64), 'submitted', 1, $1, $2::date, $2 FROM customer"
    " WHERE customer_no = $1 || '-customer'",
    "INSERT INTO audience_file (name, digest, rows, customers, duplicates, faulty, faults, branch, made_by, created_at)"
    " VALUES ($1 || '-file', '', 1, 1, 0, 0, '[]', $1 || '-branch', 1, $2)",
    "INSERT INTO coupon_issue (template, body, content_hash, branch, state, number, after_customer, total, issued,"
    " skipped, worked_ms, maker_id, idempotency_key, created_at)"
    ' VALUES ($1 || \'-thing\', \'{"template": "t", "reason": "r", "at_daily_cap": "end", "audience": {},'
    " \"file\": null}', repeat('0', 64), $1 || '-branch', 'submitted', 0, 0, 1, 0, '{}', 0, 1, $1, $2)",
    "INSERT INTO risk_decision (customer_id, action, version, rule, decision, shadow, passed, signals, subjects, at)"
    " SELECT id, 'claim', 1, $1 || '-rule', 'deny', false, false, '{}', '{}', $2 FROM customer"
    " WHERE customer_no = $1 || '-customer'",
    "INSERT INTO risk_hold (customer_id, action, kind, state, version, rule, hours, tries, created_at)"
    " SELECT id, 'claim', 'review', 'waiting', 1, $1 || '-rule', 24, 0, $2 FROM customer"
    " WHERE customer_no = $1 || '-customer'",
    "INSERT INTO import_file (kind, target, name, digest, bytes, dry_run, state, branch, made_by, created_at, rows,"
    " position, accepted, duplicates, faulty)"
    " VALUES ('customers', '', $1 || '-rows', '', 1, false, 'received', $1 || '-branch', 1, $2, 0, 0, 0, 0, 0)",
    "INSERT INTO export (body, content_hash, branch, state, maker_id, idempotency_key, created_at)"
    " VALUES ('{\"list\": \"claims\", \"reason\": \"r\"}', repeat('0', 64), $1 || '-branch', 'submitted', 0, $1, $2)",
    "INSERT INTO forecast (kind, code, asked, documents, branch, maker_id, state, after_customer, customers,"
    " customers_done, events, tally, created_at)"
    " VALUES ('tasks', $1 || '-thing', '{\"from\": \"2026-10-01\", \"until\": \"2026-10-02\"}', '[]', $1 || '-branch', 0,"
    " 'waiting', 0, 0, 0, 0, '{}', $2)",
    "INSERT INTO figure (source, subject, branch, day, measure, number, amount)"
    " SELECT source, $1 || '-thing/' || source, $1 || '-branch', $2::date, measure, 1, 0"
    " FROM (VALUES ('claims', 'claimed'), ('coupons', 'unused'), ('benefits', 'granted'), ('levels', 'held'),"
    " ('events', 'told')) AS t (source, measure)",
    "INSERT INTO message (customer_id, version_id, template, title, body, category, dedupe_key, created_at, change_no)"
    " SELECT c.id, v.id, v.code, '', '', 'service', 'k', $2, 1 FROM customer c, configuration v"
    " WHERE c.customer_no = $1 || '-customer' AND v.kind = 'message-templates' AND v.code = $1 || '-thing'",
    "INSERT INTO delivery (message_id, customer_id, position, channel, category, priority, loan_offer, content, state,"
    " attempts, due_at, useful_until, created_at)"
    " SELECT id, customer_id, 1, 'sms', 'service', 1, false, '{}', 'waiting', 0, $2, $2, $2 FROM message"
    " WHERE template = $1 || '-thing'",
    "INSERT INTO budget (campaign, warn_at, since) VALUES ($1 || '-thing', 80, $2)",
    "INSERT INTO budget_pot (campaign, branch, ceiling_fen, reserved_fen, committed_fen)"
    " VALUES ($1 || '-thing', '', 100, 0, 0)",
    "INSERT INTO configuration (kind, code, version, state, body, content_hash, branch, maker_id, checker_id, created_at,"
    ' live_at) VALUES (\'tags\', $1 || \'-thing\', 1, \'live\', \'{"name": "n", "department": "d",'
    ' "classification": {"first": "a", "second": "b"}, "type": "flag", "source": {"imported": {}}}\', \'\','
    " $1 || '-branch', 0, 1, $2, $2)",
    "INSERT INTO tag_state (tag) VALUES ($1 || '-thing')",
    "INSERT INTO tag_value (tag, customer_id, flag, as_of) SELECT $1 || '-thing', id, true, $2 FROM customer"
    " WHERE customer_no = $1 || '-customer'",
    "INSERT INTO configuration (kind, code, version, state, body, content_hash, branch, maker_id, checker_id,"
    " created_at, live_at) VALUES ('audiences', $1 || '-thing', 1, 'live', jsonb_build_object('name', 'n', 'rule',"
    " '{\"field\": \"level\", \"at_least\": 0}'::jsonb), '', $1 || '-branch', 1, 2, $2, $2)",
    "INSERT INTO audience (code, version_id, edition, members, as_of)"
    " SELECT code, id, 1, 0, $2 FROM configuration WHERE kind = 'audiences' AND code = $1 || '-thing'",
    "INSERT INTO audience_snapshot (code, version_id, edition, as_of, members, digest, note, made_by, made_at)"
    " SELECT code, version_id, 1, $2, 0, repeat('0', 64), '', 1, $2 FROM audience WHERE code = $1 || '-thing'",
    "INSERT INTO low_warning (subject, code, branch, ceiling, used, at)"
    " VALUES ('coupon_stock', $1 || '-thing', '', 10, 9, $2)",
)


async def build(kinds: list[Kind]) -> None:
    """One of everything in every branch; the operators are `sh-op`, `pd-op`, `bj-op`, with every role."""
    administrator = await operators.ensure("hq-op", "总行", PASSWORD, list(Role), "HQ")
    for short, parent in BRANCHES.items():
        branch = operators.Branch(f"{short}-branch", f"{short}-name", parent)
        await operators.put_branch(administrator, branch)
        someone = await operators.ensure(f"{short}-op", "某人", PASSWORD, list(Role), branch.code)
        for kind in kinds:
            if kind.name != "tasks":
                await approvals.save_draft(kind, f"{short}-thing", kind.definition(title="t"), someone)
        await _configurations(short, someone)
        for statement in _ROWS:
            values = [short, clock.now()][: 2 if "$2" in statement else 1]
            await db.execute(statement.replace("$1", "$1::text").replace("$2", "$2::timestamptz"), *values)


async def _configurations(short: str, someone: OperatorIdentity) -> None:
    documents = {("tasks", f"{short}-thing"): TASK, ("tasks", f"{short}-next"): {**TASK, "follow_ups": None}}
    documents |= {(kind, f"{short}-thing"): body for kind, body in OTHER_KINDS.items()}
    for (kind, code), body in documents.items():
        text = json.dumps(body).replace("{}", short)
        if kind == "tasks":
            text = json.dumps(body_of(msgspec.json.decode(text, type=TASKS.definition)))
        await db.execute(
            """INSERT INTO configuration (kind, code, version, state, body, content_hash, branch, maker_id, created_at)
               VALUES ($1, $2, 1, 'draft', $3::jsonb, '', $4, $5, $6)""",
            kind,
            code,
            text,
            someone.branch,
            someone.operator_id,
            clock.now(),
        )
    await db.execute(
        """INSERT INTO configuration (kind, code, version, state, body, content_hash, branch, maker_id, created_at,
                                      submitted_at)
           VALUES ('suppliers', $1, 1, 'submitted', '{"name": "n"}', '', $2, 0, $3, $3)""",
        f"{short}-waits",
        someone.branch,
        clock.now(),
    )


async def ids(short: str) -> dict[str, str]:
    """What stands in paths for the things of a branch, by the name of the parameter."""

    async def first(sql: str) -> str:
        return str(await db.fetchval(sql, short))

    return {
        "code": f"{short}-thing",
        "version": "1",
        "a": "1",
        "b": "1",
        "customer_no": f"{short}-customer",
        "task": f"{short}-thing",
        "username": f"{short}-op",
        "session_id": "none",
        "claim_id": await first("SELECT id FROM claim WHERE task = $1::text || '-thing'"),
        "debt_id": await first(
            "SELECT d.id FROM debt d JOIN customer c ON c.id = d.customer_id"
            " WHERE c.customer_no = $1::text || '-customer'"
        ),
        "discrepancy_id": await first(
            "SELECT d.id FROM loan_discrepancy d JOIN loan l ON l.id = d.loan_id"
            " WHERE l.request_no = $1::text || '-loan'"
        ),
        "compensation_id": await first("SELECT id FROM compensation WHERE idempotency_key = $1"),
        "issue_id": await first("SELECT id FROM coupon_issue WHERE idempotency_key = $1"),
        "import_id": await first("SELECT id FROM import_file WHERE name = $1::text || '-rows'"),
        "snapshot_id": await first("SELECT id FROM audience_snapshot WHERE code = $1::text || '-thing'"),
        "forecast_id": await first("SELECT id FROM forecast WHERE code = $1::text || '-thing'"),
        "review_id": await first(
            "SELECT h.id FROM risk_hold h JOIN customer c ON c.id = h.customer_id"
            " WHERE c.customer_no = $1::text || '-customer'"
        ),
        "export_id": await first("SELECT id FROM export WHERE idempotency_key = $1"),
    }


def bodies() -> dict[str, Any]:
    """A good body for each operation that has one and names something in its path, by the start of its name."""
    return {
        "put_branch": {"name": "n", "parent": "HQ"},
        "put_": {"title": "another"},
        "approve_co": {"content_hash": "0" * 64},
        "approve_export": {"content_hash": "0" * 64},
        "copy_": {"code": "copied"},
        "reject_": {"reason": "r"},
        "import_benefit_codes": {"codes": ["x"]},
        "write_off": {"reason": "r"},
        "close_": {"reason": "r"},
        "make_compensation": {"experience": 1, "reason": "r"},
        "preview_journey": {"customer_no": "pd-customer"},
        "preview_audience": {"name": "n", "rule": {"field": "stage", "in": ["payer"]}},
        "freeze_audience": {"note": "n"},
        "forecast_": {"from": "2026-10-01", "until": "2026-10-02"},
        "preview_": {"variables": {}},
        "patch_operator": {"name": "n"},
        "release_risk_review": {"reason": "r"},
        "refuse_risk_review": {"reason": "r"},
        "reveal_": {"fields": ["name"], "reason": "客户来电"},
    }

"""One row of each table, as SQL, for what its constraints refuse and allow."""

NOW = "2026-11-22T00:00:00+00:00"


def configuration(state: str, checker: str, version: int = 1, code: str = "!a") -> str:
    return f"""INSERT INTO configuration (kind, code, version, state, body, content_hash, branch, maker_id, checker_id,
                                          created_at)
               VALUES ('tasks', '{code}', {version}, '{state}', '{{}}', '', 'HQ', 1, {checker}, '{NOW}')"""


def claim(state: str, round: int, completed_at: str) -> str:
    return f"""INSERT INTO claim (customer_id, task, version_id, cycle, state, progress, round, claimed_at, completed_at,
                                  turn, change_no)
               SELECT c.id, '!t', v.id, 'once', '{state}', '[]', {round}, '{NOW}', {completed_at}, 1, 1 {OURS}"""


def coupon(state: str, source: str = "!a", loan: str = "NULL", until: str = "NULL") -> str:
    return f"""INSERT INTO coupon (template, version_id, customer_id, state, source, valid_from, valid_until, issued_at,
                                   change_no, loan_id, occupied_until)
               SELECT '!t', v.id, c.id, '{state}', '{source}', '{NOW}', '{NOW}', '{NOW}', 1, {loan}, {until} {OURS}"""


def event(amount_fen: int) -> str:
    return f"""INSERT INTO event (source, event_id, type, customer_id, occurred_at, amount_fen, digest, received_at)
               SELECT '!s', 'e', 'purchase', c.id, '{NOW}', {amount_fen}, '', '{NOW}' {OURS}"""


def offer(state: str, task: str = "!n", closed: str = "NULL", turn: int = 1) -> str:
    return f"""INSERT INTO task_offer (customer_id, task, pool, from_claim_id, round, rule, state, created_at, closed_at,
                                       change_no)
               SELECT c.id, '{task}', '!t', l.id, 1, 0, '{state}', '{NOW}', {closed}, 1
               FROM customer c JOIN claim l ON l.customer_id = c.id AND l.turn = {turn} WHERE c.customer_no = '!C'"""


def debt(state: str, settled: int, policy: str = "report") -> str:
    return f"""INSERT INTO debt (grant_id, customer_id, kind, amount, policy, state, settled, created_at)
               SELECT g.id, g.customer_id, 'coupon', 10, '{policy}', '{state}', {settled}, '{NOW}'
               FROM reward_grant g JOIN claim k ON k.id = g.claim_id WHERE k.task = '!t'"""


def message(category: str) -> str:
    return f"""INSERT INTO message (customer_id, version_id, template, title, body, category, dedupe_key, created_at,
                                    change_no)
               SELECT c.id, v.id, '!m', '', '', '{category}', 'k', '{NOW}', 1 {OURS}"""


def account(begins: str, ends: str, day: str) -> str:
    return f"""INSERT INTO experience_account (customer_id, balance, rank, rank_since, earned, change_no, period_from,
                                               level_until, period_day)
               SELECT id, 0, 0, '{NOW}', 0, 1, {begins}, {ends}, {day} FROM customer WHERE customer_no = '!C'"""


def level_move(reason: str) -> str:
    return f"""INSERT INTO level_move (customer_id, before, after, reason, at)
               SELECT id, 0, 1, '{reason}', '{NOW}' FROM customer WHERE customer_no = '!C'"""


def level_gift(state: str) -> str:
    return f"""INSERT INTO level_gift (customer_id, rank, period, position, kind, amount, title, state, created_at)
               SELECT id, 1, 'lifetime', 0, 'experience', 1, '', '{state}', '{NOW}' FROM customer
               WHERE customer_no = '!C'"""


def benefit(state: str) -> str:
    return f"""INSERT INTO benefit_grant (benefit, version_id, customer_id, state, source, valid_until, granted_at,
                                          change_no)
               SELECT '!b', v.id, c.id, '{state}', '!s', '{NOW}', '{NOW}', 1 {OURS}"""


def pot(reserved: int, committed: int) -> str:
    return f"""INSERT INTO budget_pot (campaign, branch, ceiling_fen, reserved_fen, committed_fen)
               VALUES ('!c', '', 100, {reserved}, {committed})"""


def budget_day(ceiling: str, reserved: int) -> str:
    return f"""INSERT INTO budget_day (campaign, branch, day, ceiling_fen, reserved_fen, committed_fen)
               VALUES ('!c', '', '2026-11-25', {ceiling}, {reserved}, 0)"""


def budget_entry(kind: str, amount_fen: int = 1) -> str:
    return f"""INSERT INTO budget_entry (source, kind, campaign, branch, day, customer_id, amount_fen, reason, at)
               SELECT '!s', '{kind}', '!c', '', '2026-11-25', id, {amount_fen}, '', '{NOW}'
               FROM customer WHERE customer_no = '!C'"""


def low_warning(subject: str = "budget", until: str = "NULL", day: str = "NULL") -> str:
    return f"""INSERT INTO low_warning (subject, code, branch, day, ceiling, used, at, until)
               VALUES ('{subject}', '!c', '', {day}, 10, 9, '{NOW}', {until})"""


def loan(state: str, decided: str = "NULL") -> str:
    return f"""INSERT INTO loan (customer_id, request_no, idempotency_key, fingerprint, amount_fen, periods, method, state,
                                 cost_table_version, cost_table_seconds, created_at, decided_at)
               SELECT c.id, '!r', '!k', '', 1, 1, '', '{state}', '', 5, '{NOW}', {decided} {OURS}"""


def of_loan(reduction_fen: int) -> str:
    return f"""INSERT INTO loan_coupon (loan_id, coupon_id, position, reduction_fen)
               SELECT l.id, c.id, 0, {reduction_fen} {OF_LOAN}"""


def entry(request: str = "a", reversed_at: str = "NULL") -> str:
    return f"""INSERT INTO accounting_entry (coupon_id, loan_id, request_no, amount_fen, state, created_at, reversed_at)
               SELECT c.id, l.id, '!{request}', 1, 'pending', '{NOW}', {reversed_at} {OF_LOAN}"""


def discrepancy(kind: str, state: str) -> str:
    return f"""INSERT INTO loan_discrepancy (loan_id, kind, amount_fen, detail, state, created_at)
               SELECT l.id, '{kind}', 0, '', '{state}', '{NOW}' FROM loan l WHERE l.request_no = '!r'"""


GRANT = f"""INSERT INTO reward_grant (claim_id, round, position, customer_id, kind, amount, title, cost_fen, state,
                                      settles_at)
            SELECT id, 1, 1, customer_id, 'coupon', 1, '', 10, 'clawed_back', '{NOW}' FROM claim WHERE task = '!t'"""
OURS = "FROM customer c, configuration v WHERE c.customer_no = '!C' AND v.code = '!a'"
CUSTOMER = f"INSERT INTO customer (customer_no, name, stage, created_at) VALUES ('!C', '', 'base', '{NOW}')"
LIVE = configuration("live", "2")
US = [CUSTOMER, LIVE]
DONE_AT, LATER, LOAN = f"'{NOW}'", "'2026-12-22T00:00:00+00:00'", "-7"
DONE = [*US, claim("completed", 1, DONE_AT)]
AGAIN = claim("completed", 1, DONE_AT).replace("1, 1 FROM", "2, 1 FROM")
STOCK = "INSERT INTO coupon_stock (template, stock, issued) VALUES ('!t', 10, {})"
OF_LOAN = "FROM loan l, coupon c WHERE l.request_no = '!r' AND c.source = '!a'"

"""The card core tells us what became of loans: signed notices, each taken by itself."""

import msgspec
from sanic import Request

from channels.card_core import signature
from channels.card_core.inbound import routes
from channels.card_core.wire_notices import NoticeBatch, NoticeRejected, NoticesAnswer, NoticeTold
from domain import loans
from domain.loans import LoanState, Notice
from kit.errors import NotFound
from kit.http.problems import bad_input


@routes.route(
    "POST",
    "/card-core/loan-notices",
    tag="card core",
    public=True,
    errors=(400, 401, 503),
    headers=signature.HEADERS,
    raw_body=NoticeBatch,
)
async def receive_notices(request: Request) -> NoticesAnswer:
    """Take up to 500 signed notices of loans: decided, cancelled in the cooling-off, repaid early.

    Answered only after what follows is durable. Notices may come twice, late and out of order: each says what the loan
    is now. One of a loan we never asked for is listed and refuses no other.
    """
    await signature.admit(request.headers, request.body, request.app.ctx.partner_keys)
    answer = NoticesAnswer(0, 0, [])
    for index, told in enumerate(_read(request.body)):
        try:
            changed = await loans.hear(_translate(told))
        except NotFound as unknown:
            answer.rejected.append(NoticeRejected(index, told.notice_id, unknown.code))
            continue
        answer.accepted += changed
        answer.duplicates += not changed
    return answer


def _read(body: bytes) -> list[NoticeTold]:
    try:
        return msgspec.json.decode(body, type=NoticeBatch).notices
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad_input(error) from None


def _translate(told: NoticeTold) -> Notice:
    amounts = {one.coupon_no: one.amount_fen for one in told.reductions}
    return Notice(told.notice_id, told.request_no, LoanState(told.state), told.occurred_at, told.reason, amounts)

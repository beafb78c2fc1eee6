"""No secret of WeChat's, of ours or of a user's is in any log line, at the lowest level, with everything failing."""

import asyncio
import sys

from redis.asyncio import Redis

from tests.channels import talkative
from tests.channels.boxed_bank import Sandbox
from tests.channels.conftest import ACCOUNT_SECRET, WECHAT_SECRET
from tests.conftest import Servers
from tests.platform import ROOT


async def test_no_secret_is_in_any_log_line(sandbox: Sandbox, redis: Redis, servers: Servers) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.channels.talkative",
        servers.redis_url,
        sandbox.url,
        WECHAT_SECRET,
        ACCOUNT_SECRET,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, written = (part.decode() for part in await asyncio.wait_for(process.communicate(), 120))
    assert process.returncode == 0, written
    # It did speak: of what it asked, of what failed, down to the bytes of a connection.
    for spoken in (
        "HTTP Request: GET",
        "/wechat/sns/jscode2session",
        "send_request_headers",
        "partner.no_answer",
        "wechat.quota_used_up",
    ):
        assert spoken in written
    codes = told.split()
    assert len(codes) == 3 * len(talkative.FAULTS)
    lent = [value.decode() for value in await redis.mget("wechat:wx-test:token", "wechat:wx-account:ticket") if value]
    assert len(lent) == 2
    mine = [WECHAT_SECRET, ACCOUNT_SECRET, talkative.OPENID, talkative.PHONE, talkative.STATE, "secret-of-the-page"]
    kinds = ["twin_", "ticket_", "oauth_", "access_token=", "secret=", "code="]
    for secret in [*codes, *lent, *mine, *kinds]:
        assert secret not in written
    journal = str(await sandbox.calls("wechat"))
    assert "jscode2session" in journal
    for secret in [*codes, *lent, WECHAT_SECRET, ACCOUNT_SECRET]:
        assert secret not in journal

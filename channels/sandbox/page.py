"""The sandbox's own page: who can sign in, and what the control plane understands. Plain HTML, nothing fetched."""

from collections.abc import Iterable
from html import escape
from urllib.parse import urlencode

from channels.card_core.sandbox import CoreRecord
from kit.http import Operation

_STAGES = {"base": "起步", "payer": "支付", "wealth": "理财", "credit": "信贷"}
_STYLE = """
body { font: 16px/1.6 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1f2329; }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem; }
th, td { border-bottom: 1px solid #dcdfe6; padding: .4rem .6rem; text-align: left; }
a { color: #0b57d0; display: inline-block; padding: .2rem 0; } code { font-size: .9em; }
"""


def render(customers: Iterable[CoreRecord], operations: Iterable[Operation], platform_url: str) -> str:
    """The whole page."""
    people = "".join(_customer(one) for one in customers)
    calls = "".join(
        f"<tr><td>{one.method.upper()}</td><td><code>{escape(one.path)}</code></td><td>{escape(one.summary)}</td></tr>"
        for one in operations
    )
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>银行沙箱 Bank sandbox</title><style>{_STYLE}</style></head><body>"
        f"<h1>银行沙箱 <small>Bank sandbox</small></h1>"
        f'<p>平台 Platform: <a href="{escape(platform_url)}">{escape(platform_url)}</a></p>'
        f"<h2>演示客户 Demo customers</h2><table><thead><tr><th>客户号</th><th>姓名</th><th>阶段</th><th>卡种</th>"
        f"<th>卡尾号</th><th>手机号</th><th>分行</th><th>登录</th></tr></thead><tbody>{people}</tbody></table>"
        f"<h2>控制接口 Control calls</h2><table><thead><tr><th>方法</th><th>路径</th><th>作用</th></tr></thead>"
        f"<tbody>{calls}</tbody></table></body></html>"
    )


def _customer(one: CoreRecord) -> str:
    link = f"/bank-app/open?{urlencode({'customer_no': one.customer_no})}"
    told = (
        one.customer_no,
        one.name,
        f"{_STAGES[one.stage]} {one.stage}",
        one.card_product,
        one.card_last4,
        one.phone,
        one.branch,
    )
    cells = "".join(f"<td>{escape(text)}</td>" for text in told)
    return f'<tr>{cells}<td><a href="{escape(link)}">进入 Open</a></td></tr>'

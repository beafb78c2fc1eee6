"""What people write back to a short message. Pure."""

import re
import unicodedata

_NOT_SAID = re.compile(r"[\W_]+")
_REFUSALS = frozenset({"T", "TD", "R", "N", "NO", "QX", "STOP", "退", "取消", "不要", "拒绝"})
_BEGIN = ("退订", "拒收", "取消订阅", "不要再发")


def refuses(text: str) -> bool:
    """Whether this says that no more marketing is wanted: `TD`, `退订`, `R` and the like, full-width or small, whatever
    stands around them. A sentence that only mentions such a letter does not.
    """
    said = _NOT_SAID.sub("", unicodedata.normalize("NFKC", text)).upper()
    if said.startswith("回复"):
        said = said.removeprefix("回复")
    return said in _REFUSALS or said.startswith(_BEGIN) or said in {f"{one}退订" for one in ("T", "TD", "R")}

"""CNY as integer fen, rates as `Decimal`; the only place where anything is rounded."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal


def round_half_up(fen: Decimal) -> int:
    """To whole fen, halves away from zero: interest."""
    return int(fen.quantize(Decimal(1), ROUND_HALF_UP))


def round_down(fen: Decimal) -> int:
    """To whole fen towards zero: reductions."""
    return int(fen.quantize(Decimal(1), ROUND_DOWN))


def yuan(fen: int) -> str:
    """`123456` → `1,234.56`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def short_yuan(fen: int) -> str:
    """Like `yuan`, without a zero fraction: `30000` → `300`."""
    return yuan(fen).removesuffix(".00")


def percent(rate: Decimal) -> str:
    """A yearly rate as answers carry it: `Decimal("0.18")` → `"18.00"`."""
    return str((rate * 100).quantize(Decimal("0.01"), ROUND_HALF_UP))

"""Total Elements and Elements Done from what OneFile gives."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from onefile_integration.rules.sides import Aim


def elements(there: Aim) -> tuple[int, int] | None:
    """(total, done), or None where OneFile has nothing usable: then nothing changes here."""
    if there.total_elements is not None:
        return _counted(there.total_elements, there.elements_done)
    return None if there.percent is None else _from_percent(there.percent)


def _counted(total: int, done: int | None) -> tuple[int, int] | None:
    if total <= 0 or done is None or done < 0:
        return None
    return total, min(done, total)


def _from_percent(percent: float) -> tuple[int, int] | None:
    """Rounded half up, but finished only at 100."""
    if not 0 <= percent < float("inf"):
        return None
    if percent >= 100:
        return 100, 100
    return 100, min(int(Decimal(str(percent)).quantize(Decimal(1), ROUND_HALF_UP)), 99)

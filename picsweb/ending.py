"""Whether this process has been told to end: a worker's main process hears it, its children do the work."""

from multiprocessing.sharedctypes import RawValue

_told = RawValue("b", 0)  # shared with the children; without a lock, which one that is killed would keep


def tell(told: bool = True) -> None:
    _told.value = told


def is_told() -> bool:
    """Then whatever can go on later stops at the next place where nothing is half done."""
    return bool(_told.value)

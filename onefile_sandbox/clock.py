from datetime import UTC, datetime, timedelta

from onefile_sandbox import switches


def now() -> datetime:
    """The server's clock, wrong by as much as its switch says, cut to the milliseconds that are sent."""
    moment = datetime.now(UTC) + timedelta(seconds=switches.get("clock_offset_seconds"))
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

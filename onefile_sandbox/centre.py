"""The practice customer as a whole: made at the start, filled once, emptied on demand."""

from django.contrib.auth import get_user_model

from onefile_sandbox import calls, demo, faults, late, records, sessions, stale, switches
from onefile_sandbox.limits import limiter
from onefile_sandbox.models import Customer

DESK_USER = DESK_PASSWORD = "onefile"  # noqa: S105 - printed at the start, guards nothing
SEEDS = ("demo", "empty")


def prepare(token: str | None, seed: str) -> Customer:
    """Fills an empty database; one that holds something stays as it is."""
    if not Customer.objects.exists():
        fill(seed, token or demo.TOKEN)
    customer = Customer.objects.get()
    if token and customer.token != token:
        customer.token = token
        customer.save()
    desk = get_user_model()._default_manager
    if not desk.filter(username=DESK_USER).exists():
        desk.create_superuser(DESK_USER, "", DESK_PASSWORD)
    return customer


def fill(seed: str, token: str) -> None:
    records.number_from_first_ids()
    customer = {"ID": demo.CUSTOMER["ID"], "Name": demo.CUSTOMER["Name"], "Token": token}
    records.seed({"customers": [customer]})
    if seed == "demo":
        records.seed(demo.records())
    elif seed != "empty":
        raise ValueError(f"seed is one of {', '.join(SEEDS)}")


def reset(seed: str) -> None:
    """Everything goes but the customer token, the limit's figures and the desk's user."""
    if seed not in SEEDS:
        raise ValueError(f"seed is one of {', '.join(SEEDS)}")
    token = Customer.objects.get().token
    late.writes.drop()
    faults.clear()
    switches.restore()
    records.clear()
    calls.clear()
    sessions.forget()
    stale.forget()
    limiter.set()
    fill(seed, token)

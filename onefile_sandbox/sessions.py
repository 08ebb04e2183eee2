"""Sessions: 24 hours from their creation, not sliding; several live side by side."""

import uuid
from datetime import timedelta

from django.db import transaction

from onefile_sandbox import clock
from onefile_sandbox.errors import NotSignedInError
from onefile_sandbox.models import Customer, Session
from onefile_sandbox.writing import in_turn

LIFETIME = timedelta(hours=24)
_known: dict[str, Session] = {}  # one process serves, and reads one with every call


def open_session(token: str) -> Session:
    customer = Customer.objects.filter(token=token).first() if token else None
    if customer is None:
        raise NotSignedInError
    with in_turn():
        return Session.objects.create(key=str(uuid.uuid4()), customer=customer, created_at=clock.now())


def find(key: str) -> Session:
    session = _known.get(key) or _read(key)
    if clock.now() - session.created_at >= LIFETIME:
        raise NotSignedInError
    return session


def _read(key: str) -> Session:
    session = Session.objects.select_related("customer").filter(key=key, ended=False).first()
    if session is None:
        raise NotSignedInError
    _known[key] = session
    return session


def end(key: str | None = None) -> int:
    """Ends one session, or all."""
    chosen = Session.objects.filter(ended=False)
    with in_turn():
        ended = (chosen if key is None else chosen.filter(key=key)).update(ended=True)
        _known.clear()
        transaction.on_commit(_known.clear)
    return ended


def forget() -> None:
    """When all is emptied."""
    Session.objects.all().delete()
    _known.clear()

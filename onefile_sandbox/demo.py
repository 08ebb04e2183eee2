"""The demo customer as plain data. The codes, names and idents at the top are what an MIS would match."""

from typing import Any

TOKEN = "practice-customer-token"  # noqa: S105 - of a customer that does not exist
CUSTOMER = {"ID": 11, "Name": "Northmoor Training Group"}


def records() -> dict[str, list[dict[str, Any]]]:
    return {}

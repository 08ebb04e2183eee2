"""What the integration keeps: settings, links, and every run with its plans and steps."""

from onefile_integration.models.basedata import Centre, LastCall, Standard
from onefile_integration.models.configuration import Licence, Settings, Token
from onefile_integration.models.held_fields import HeldField
from onefile_integration.models.incidents import AlertMail, Incident, Sign
from onefile_integration.models.journal import ExchangePlan, Run, RunMinute, Step
from onefile_integration.models.links import (
    AgreedValue,
    Link,
    OfficerAssignment,
    PortfolioFigure,
    RemoteAim,
    RemoteReview,
)
from onefile_integration.models.questions import Question
from onefile_integration.models.readings import RunCalls, RunReading, SeenReview
from onefile_integration.models.reconciliation import Reconciliation, ReconciliationRow

__all__ = [
    "AgreedValue",
    "AlertMail",
    "Centre",
    "ExchangePlan",
    "HeldField",
    "Incident",
    "LastCall",
    "Licence",
    "Link",
    "OfficerAssignment",
    "PortfolioFigure",
    "Question",
    "Reconciliation",
    "ReconciliationRow",
    "RemoteAim",
    "RemoteReview",
    "Run",
    "RunCalls",
    "RunMinute",
    "RunReading",
    "SeenReview",
    "Settings",
    "Sign",
    "Standard",
    "Step",
    "Token",
]

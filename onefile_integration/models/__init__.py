"""What the integration keeps: settings, links, and every run with its plans and steps."""

from onefile_integration.models.basedata import Centre, LastCall, Standard
from onefile_integration.models.configuration import Licence, Settings, Token
from onefile_integration.models.journal import ExchangePlan, Question, Run, Step
from onefile_integration.models.links import AgreedValue, Link, OfficerAssignment, RemoteAim, RemoteReview

__all__ = [
    "AgreedValue",
    "Centre",
    "ExchangePlan",
    "LastCall",
    "Licence",
    "Link",
    "OfficerAssignment",
    "Question",
    "RemoteAim",
    "RemoteReview",
    "Run",
    "Settings",
    "Standard",
    "Step",
    "Token",
]

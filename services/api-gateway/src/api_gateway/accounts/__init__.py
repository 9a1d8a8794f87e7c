"""Accounts: registration, sessions, API keys and teams."""

from api_gateway.accounts.handlers import AccountHandlers
from api_gateway.accounts.rules import KeyChange, KeyWish, login_name
from api_gateway.accounts.teams import RosterEntry
from api_gateway.accounts.views import AllowedDomain, Email, Invite, KeyView

__all__ = [
    "AccountHandlers",
    "AllowedDomain",
    "Email",
    "Invite",
    "KeyChange",
    "KeyView",
    "KeyWish",
    "RosterEntry",
    "login_name",
]

"""Domains: the public ones, and those that accounts prove to own."""

from api_gateway.domains.ownership import DomainHandlers
from api_gateway.domains.views import ClaimDomain, ClaimView, VerificationView, claim_view, verification_view

__all__ = ["ClaimDomain", "ClaimView", "DomainHandlers", "VerificationView", "claim_view", "verification_view"]

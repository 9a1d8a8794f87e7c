"""Domains: public ones, and custom ones whose ownership accounts prove by DNS."""

from api_gateway.domains.ownership import DomainHandlers
from api_gateway.domains.views import ClaimDomain, ClaimView, VerificationView, claim_view, verification_view

__all__ = ["ClaimDomain", "ClaimView", "DomainHandlers", "VerificationView", "claim_view", "verification_view"]

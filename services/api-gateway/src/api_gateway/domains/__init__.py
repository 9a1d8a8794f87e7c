"""Domains: public ones, and custom ones whose ownership accounts prove by DNS."""

from api_gateway.domains.ownership import DomainHandlers
from api_gateway.domains.views import AddDomain, DomainDetail, VerificationView, domain_detail

__all__ = ["AddDomain", "DomainDetail", "DomainHandlers", "VerificationView", "domain_detail"]

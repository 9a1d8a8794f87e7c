"""The handlers of the room `spaces`, one per verb, for its routes and the dialects."""

from dataclasses import dataclass

from api_gateway.spaces.change import ChangeSpace
from api_gateway.spaces.create import CreateSpace
from api_gateway.spaces.credentials import SmtpCredentials
from api_gateway.spaces.domains import SpaceDomains
from api_gateway.spaces.end import EndSpace
from api_gateway.spaces.read import ReadSpaces


@dataclass(frozen=True, slots=True)
class SpaceHandlers:
    create: CreateSpace
    read: ReadSpaces
    change: ChangeSpace
    end: EndSpace
    credentials: SmtpCredentials
    domains: SpaceDomains

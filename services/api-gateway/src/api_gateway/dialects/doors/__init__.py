"""The doors to the facades: APIs that each show one space as if it were the whole server (Mailpit's, MailHog's).

A request comes in by one of three doors (ADR 0024):
- the open one, a port of its own without credentials, to the default space;
- `/mailpit/<space>/...` on the port of the native API, with any credentials that may use the space;
- the facade's own paths there, with Basic credentials: the space's id and an API key.

`Doors` and `OpenDoor` (dispatch) note in the ASGI scope by which one, and pass it to one application for all facades.
Its guard (admission) finds caller and space; a route has the space as `space: GivenSpace`.
"""

from api_gateway.dialects.doors.admission import SpaceAdmission
from api_gateway.dialects.doors.dispatch import Doors, OpenDoor, Paths, entry_of
from api_gateway.dialects.doors.space import SPACE, GivenSpace, login_of

__all__ = ["SPACE", "Doors", "GivenSpace", "OpenDoor", "Paths", "SpaceAdmission", "entry_of", "login_of"]

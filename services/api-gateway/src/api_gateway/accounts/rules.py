"""Rules about accounts, pure: the normal form of an e-mail address."""

import unicodedata

from api_gateway.refusals import BadInput

MOST_CHARACTERS = 254


def login_name(email: str) -> str:
    """The e-mail address of an account in the one form that is stored and compared: NFKC, case-folded.

    It is a name to log in with and nothing else: nobody has proved it, so no right may depend on it. Characters that
    nobody sees are refused with BadInput, so that names which differ look different unless their scripts do not.
    """
    name = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email).casefold())
    if any(unicodedata.category(character)[0] in "CZ" for character in name):
        raise BadInput("must not contain blanks or invisible characters", field="email")
    if len(name) > MOST_CHARACTERS:
        raise BadInput(f"must have at most {MOST_CHARACTERS} characters", field="email")
    return name

"""Local parts that only the operator holds on the operator's domains: others trust mail to them. Pure.

Certificate authorities and providers take who reads such an address for the owner of the domain. On a domain of its
own, an account may use all of them.
"""

from collections.abc import Iterable

from mayfly.mail.address import MalformedAddress, normalise_local_part

OPERATOR_ROLES = frozenset({"postmaster", "abuse"})
"""Mail to these on the operator's domains goes to the operator's inbox (RFC 5321 section 4.5.1, RFC 2142)."""

_WORDS = frozenset(
    {
        # RFC 2142 sections 3 to 5.
        *("info", "marketing", "sales", "support", "abuse", "noc", "security"),
        *("postmaster", "hostmaster", "usenet", "news", "webmaster", "www", "uucp", "ftp"),
        # CA/Browser Forum, Baseline Requirements section 3.2.2.4.4; then what certificate authorities took before.
        *("admin", "administrator", "root", "sysadmin", "is", "it", "mis"),
        *("ssl", "ssladmin", "ssladministrator", "sslwebmaster", "sslhostmaster", "sslpostmaster"),
        # Senders of automatic mail.
        *("mailerdaemon", "daemon", "nobody", "noreply", "donotreply", "dontreply", "bounce", "bounces"),
        "operator",
    }
)
_SEPARATORS = str.maketrans("", "", "._-")
# Digits that stand for letters. `l` stands for `i` too: many fonts show them alike.
_LIKE = str.maketrans("0123456789i", "olzeasbtbgl")
_PAIRS = (("rn", "m"), ("vv", "w"))


class ReservedNames:
    """The reserved local parts. `own`: the operator's additions. Raises MalformedAddress for what no inbox can have.

    Compared as a person reads them: without `.`, `_` and `-`, digits as the letters they resemble, `i` as `l`, `rn` as
    `m`, `vv` as `w`. So `post.master`, `p0stmaster` and `adrnin` are reserved too; `admin2` and `my-admin` are not. Nor
    are numbers without a letter, such as that of a build: nobody reads `551` as `ssl`.
    """

    def __init__(self, own: Iterable[str] = ()) -> None:
        self._own = frozenset(_skeleton(normalise_local_part(name)) for name in own)

    def __contains__(self, local_part: str) -> bool:
        """Whether it is reserved. `local_part`: in its normal form, without a tag."""
        skeleton = _skeleton(local_part)
        return skeleton in self._own or (skeleton in _SKELETONS and any(map(str.isalpha, local_part)))


def reserved_faults(own: Iterable[str]) -> list[str]:
    """What is wrong with the setting MAYFLY_RESERVED_LOCAL_PARTS, naming each entry; [] when nothing is."""
    faults = []
    for name in own:
        try:
            normalise_local_part(name)
        except MalformedAddress as malformed:
            faults.append(f"MAYFLY_RESERVED_LOCAL_PARTS: {name[:100]!r}: {malformed.reason}")
    return faults


def _skeleton(local_part: str) -> str:
    text = local_part.translate(_SEPARATORS).translate(_LIKE)
    for pair, letter in _PAIRS:
        text = text.replace(pair, letter)
    return text


_SKELETONS = frozenset(map(_skeleton, _WORDS))

"""Tells names of the local network from those of the public DNS. Pure.

Strangers choose names that Mayfly looks up: hosts of webhooks, and what SPF and DKIM records refer to. Answers about
names inside the operator's network would tell them what is there.
"""

# RFC 6761, RFC 6762, RFC 8375, ICANN's reservation of .internal, and what networks use besides.
_LOCAL_SUFFIXES = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa", "corp", "private")


def is_bare_name(name: str) -> bool:
    """Whether the name is a single label, which only a local network could know or complete."""
    return "." not in name.rstrip(".")


def is_local_name(name: str) -> bool:
    """Whether the name is a single label or ends in a domain that the public DNS does not have."""
    plain = name.rstrip(".").lower()
    return is_bare_name(plain) or plain.endswith(tuple("." + suffix for suffix in _LOCAL_SUFFIXES))

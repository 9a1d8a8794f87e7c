"""reap: ended inboxes and all they held. leftovers: octets whose mail is gone."""

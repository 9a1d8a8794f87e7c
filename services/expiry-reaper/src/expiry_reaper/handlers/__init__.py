"""reap: ended inboxes and their contents; late: mail arriving meanwhile; retention, leftovers, orphans: the rest."""

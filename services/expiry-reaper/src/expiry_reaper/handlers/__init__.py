"""reap: ended inboxes and all they held; late: what came in meanwhile; retention, leftovers, orphans: the rest."""

"""What the parser does with events: parse and store (store_mail)."""

"""What a session asks for: accept a recipient, accept a mail."""

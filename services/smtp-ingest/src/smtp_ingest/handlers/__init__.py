"""What a session asks for: may this recipient get mail, and take this mail."""

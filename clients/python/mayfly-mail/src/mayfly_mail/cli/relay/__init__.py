"""What `mayfly listen` is made of: what it remembers, how it signs, what it posts and how."""

"""The inside of a parsing process."""

"""Deletes the contents of ended inboxes, and records past their retention time."""

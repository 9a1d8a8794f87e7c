"""What Mayfly's five services share. See docs/architecture.md for the layers inside."""

"""What makes the reaper move: time."""

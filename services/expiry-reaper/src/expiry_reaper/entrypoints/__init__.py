"""What starts the reaper's work: timers."""

"""What all five service processes share: lifecycle, settings, logs, metrics, probes, clock, and small mechanisms."""

"""The process shell all five services share: one lifecycle, settings, logs, metrics, probes, clock."""

"""Histogram buckets, in seconds, shared by every metric of that kind, so that one dashboard reads them all."""

LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""For work: a call, a step, a publish."""

AGE_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 3600.0)
"""For how old a thing is when somebody gets to it: it may have waited out an outage."""

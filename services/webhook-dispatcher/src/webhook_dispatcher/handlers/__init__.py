"""fan_out makes deliveries of events, attempts makes requests of deliveries; health and recovery maintain both."""

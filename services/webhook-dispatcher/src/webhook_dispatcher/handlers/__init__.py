"""fan_out turns events into deliveries, attempts sends them; health and recovery maintain endpoints and deliveries."""

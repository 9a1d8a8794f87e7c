"""fan_out: events become deliveries. attempts: deliveries become requests. health, recovery: what keeps both right."""

"""fan_out: events become deliveries. attempts: deliveries become HTTP requests."""

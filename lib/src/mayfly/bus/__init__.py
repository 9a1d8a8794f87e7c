"""The broker, and the only home of the NATS client: connection, topology, publishing, consuming, live reading."""

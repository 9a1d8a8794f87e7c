"""What the gateway reaches for beside the store and the bus: DNS."""

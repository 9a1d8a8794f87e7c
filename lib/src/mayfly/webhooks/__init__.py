"""What api-gateway and webhook-dispatcher must agree on: which URLs may be called, what a secret looks like."""

"""Outgoing requests: name resolution, checked connections, one HTTP request."""

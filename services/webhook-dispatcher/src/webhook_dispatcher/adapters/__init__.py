"""The way out: name resolution, checked connections, one HTTP request."""

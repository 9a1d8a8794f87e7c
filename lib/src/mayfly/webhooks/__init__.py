"""Shared by api-gateway and webhook-dispatcher: formats, bodies, secrets, and which URLs may be called."""

"""Sends signed webhooks and retries them until they are delivered; the broker schedules the retries."""

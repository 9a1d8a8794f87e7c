"""The SMTP server: listener, connections and sessions, based on aiosmtpd."""

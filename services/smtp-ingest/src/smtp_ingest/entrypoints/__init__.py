"""The SMTP side: sessions on aiosmtpd, and the listener that makes them."""

"""RFC 5321 words, pure: addresses, envelopes' parts and ids. No I/O."""

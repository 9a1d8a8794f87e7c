"""What the parser does: `store_mail` with each event, `authenticate` with each mail that was stored."""

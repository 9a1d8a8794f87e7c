"""What the parser does: `store_mail` with each event, `authenticate` with each mail stored, `announce` what waits."""

"""The service smtp-ingest: receives mail over SMTP and publishes it to the stream MAIL. Start reading at `app`."""

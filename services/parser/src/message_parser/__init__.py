"""The service parser: raw messages from the stream MAIL to messages in the store. Start reading at `app`."""

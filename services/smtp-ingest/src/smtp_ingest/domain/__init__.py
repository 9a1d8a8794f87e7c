"""What SMTP is, without sockets: replies, paths, the end of DATA, trace lines."""

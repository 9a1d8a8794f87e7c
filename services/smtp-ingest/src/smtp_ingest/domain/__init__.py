"""The rules of SMTP, pure: commands, replies, paths, the end of DATA, trace lines, limits."""

"""The gateway's rules, pure: who may do what, what a key or a cursor looks like, what a plan allows."""

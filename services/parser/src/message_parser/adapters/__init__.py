"""The parsing processes, as the handlers see them."""

"""Records: every struct that crosses the border of a service, free of the store's and the broker's drivers."""

"""The store, and the only home of the Mongo driver: one module per collection, which takes and returns records."""

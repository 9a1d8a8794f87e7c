"""The store, and the only home of the Mongo driver: one module per collection, speaking in mayfly.records."""

"""The store, and the only home of the Mongo driver: one file per collection, records as frozen structs."""

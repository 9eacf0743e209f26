"""Programs and their stores, and the staff who work in a store."""

"""What the numbers say: retention, customer value, and their dated snapshots."""

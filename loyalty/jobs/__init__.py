"""What runs in the background: its progress, its errors, its report."""

"""The admin's home, its navigation, and the pages and commands that span apps."""

"""Messages to members: templates, occasions, what was sent and to whom."""

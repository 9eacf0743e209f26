"""The door for partners' systems: an HTTP API with its contract, its keys and its pages."""

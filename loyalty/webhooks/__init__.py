"""What others are told of: partners about their members, the marketing stack about everybody who agreed."""

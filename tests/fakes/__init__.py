"""Stand-ins that fulfil our Protocols, small enough to be read at a glance."""

"""Everything written to stdout and stderr, as text for people and as JSON for programs."""

"""The trail: sign-offs and everything around them, as an append-only history in git."""

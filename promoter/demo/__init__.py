"""The embedded Passe Marché, and the story that is played on it."""

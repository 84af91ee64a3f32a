"""YAML text becomes a pipeline or a checklist, or every problem with it at once, each with its place."""

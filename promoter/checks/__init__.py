"""Kinds of checks, one module each, found by the registry."""

"""promoter: a release gate made of checklists, checks and sign-offs."""

__version__ = "0.1.0"

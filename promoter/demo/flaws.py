"""What can be wrong with the embedded service, so that a demonstration shows it being caught."""

from enum import StrEnum


class Flaw(StrEnum):
    """One thing that real services get wrong."""

    ACCEPTS_FORGERIES = "accepts-forgeries"
    """The webhook receiver looks at no signature."""
    CRASHES_ON_FORGERIES = "crashes-on-forgeries"
    """The webhook receiver fails on a signature that is not as long as a right one."""
    DROPS_SCOPE = "drops-scope"
    """The token endpoint answers 200 and grants another scope than the one asked for."""
    MEASURES_NOTHING = "measures-nothing"
    """The monitoring answers with a metric that is not a number."""

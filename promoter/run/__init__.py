"""Running checks: side by side but bounded, each within its own deadline, every end an outcome."""

from promoter.run.engine import asks, run_checks, try_check
from promoter.run.plan import Finished, Planned, RunEvent, Started, Surroundings, Vouched

__all__ = [
    "Finished",
    "Planned",
    "RunEvent",
    "Started",
    "Surroundings",
    "Vouched",
    "asks",
    "run_checks",
    "try_check",
]

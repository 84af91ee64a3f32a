"""Runs every benchmark, or those named, and prints one line a figure; exits 1 when one is over its limit."""

import sys

from benchmarks import (
    checking,
    first_frame,
    many_promotions,
    starting,
    trail_length,
    verifying,
    writing_at_once,
)

ALL = {
    "starting": starting,
    "first_frame": first_frame,
    "trail_length": trail_length,
    "many_promotions": many_promotions,
    "writing_at_once": writing_at_once,
    "verifying": verifying,
    "checking": checking,
}


def main(names: list[str]) -> int:
    """Prints the figures of the benchmarks named, or of all."""
    within = True
    for name in names or list(ALL):
        for figure in ALL[name].figures():
            sys.stdout.write(figure.line() + "\n")
            sys.stdout.flush()
            within = within and figure.holds
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

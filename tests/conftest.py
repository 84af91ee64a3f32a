"""What every test shares: how hypothesis explores, and what ctrl+c does."""

import signal

from hypothesis import HealthCheck, settings

# A busy machine is no reason to fail. With CI set, hypothesis's own default draws the same examples every time.
settings.register_profile(
    "promoter", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("promoter")

# A test run started in the background of a shell ignores ctrl+c, and the programs it starts would do so too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

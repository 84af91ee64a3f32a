"""What every test shares: how hypothesis explores, and what ctrl+c does."""

import signal

from hypothesis import HealthCheck, settings

# A busy machine is no reason to fail, and a gate has to answer the same twice: its examples are drawn from the
# test's own text. `--hypothesis-profile=explore` draws others each time.
settings.register_profile(
    "explore", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("promoter", settings.get_profile("explore"), derandomize=True)
settings.load_profile("promoter")

# A test run started in the background of a shell ignores ctrl+c, and the programs it starts would do so too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

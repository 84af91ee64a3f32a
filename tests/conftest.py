"""What every test shares: how hypothesis explores."""

from hypothesis import HealthCheck, settings

# A busy machine is no reason to fail. With CI set, hypothesis's own default draws the same examples every time.
settings.register_profile(
    "promoter", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("promoter")

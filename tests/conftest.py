"""How many examples Hypothesis tries: the same ones each time in a check; others, and more, with --hypothesis-profile=explore.
How long one takes, or takes to be made up, is nobody's fault but the machine's."""

from hypothesis import HealthCheck, settings

PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow], "print_blob": True}

settings.register_profile("check", max_examples=100, derandomize=True, **PATIENT)
settings.register_profile("explore", max_examples=2000, **PATIENT)
settings.load_profile("check")

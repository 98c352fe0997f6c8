"""How many examples Hypothesis tries: the same ones each time in a check; others, and more, with --hypothesis-profile=explore."""

from hypothesis import settings

settings.register_profile("check", max_examples=100, derandomize=True, deadline=None)
settings.register_profile("explore", max_examples=2000, deadline=None)
settings.load_profile("check")

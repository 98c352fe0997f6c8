"""Whether something short is said in a text that also holds keys and digests, in which any few characters occur by chance."""

import re


def stands(words: str, text: str) -> bool:
    """Whether the words stand there by themselves, not as a part of a longer run of letters and digits."""
    return bool(re.search(rf"(?<![A-Za-z0-9]){re.escape(words)}(?![A-Za-z0-9])", text))

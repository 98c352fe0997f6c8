"""A company's accent colour made readable: contrast by WCAG 2.2 (success criterion 1.4.3), in light and in dark."""

import re
from functools import lru_cache

LIGHT, DARK = "#ffffff", "#14171a"
"""The page's background in light and in dark."""

LIGHT_RAISED, DARK_RAISED = "#f4f6f7", "#1f2429"
"""Boxes on it; accent text may stand on either, so it is measured against the harder one."""

FALLBACK = "#0b6e4f"
MINIMUM = 4.5

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_STEPS = 20


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, from 1 to 21; a float, as the criterion's own formula is."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=64)
def accents(accent: str) -> dict[str, str]:
    """The accent as text and on buttons: `light`, `dark` (text), `on_light`, `on_dark` (text upon it), all above 4.5:1.

    What is not `#rrggbb` becomes the house's green.
    """
    wanted = accent.lower() if _HEX.fullmatch(accent) else FALLBACK
    light, dark = _readable(wanted, LIGHT_RAISED, "#000000"), _readable(wanted, DARK_RAISED, "#ffffff")
    return {"light": light, "dark": dark, "on_light": _upon(light), "on_dark": _upon(dark)}


def _readable(colour: str, background: str, towards: str) -> str:
    """The colour, moved towards black or white in small steps until it can be read on the background."""
    for step in range(_STEPS + 1):
        mixed = _mix(colour, towards, step / _STEPS)
        if contrast(mixed, background) >= MINIMUM:
            return mixed
    return towards


def _upon(colour: str) -> str:
    return max((LIGHT, DARK), key=lambda text: contrast(text, colour))


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (it / 255 for it in _channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

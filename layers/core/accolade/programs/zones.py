"""Time zones by the names of the IANA, as people write them: what is none gets the one that was probably meant."""

from accolade.model.errors import Rejected
from accolade.model.phrases import later as t
from accolade.programs.periods import all_zones, known_zone
from accolade.programs.problems import closest, shown


def zone_named(text: str, *, where: str = "") -> str:
    """The zone of that name; Rejected, with how to mend it, if there is none. `where`: the field or option."""
    if not known_zone(text):
        raise Rejected(t("%(zone)s is not a time zone", zone=shown(text)), where=where, mend=zone_meant(text))
    return text


def zone_meant(text: str) -> str:
    """`Did you mean Europe/Amsterdam?`, also for `Amsterdam` alone and for `Europe/Amstredam`; else how zones are written."""
    zones = all_zones()
    place = text.strip().replace(" ", "_").casefold()
    near = [it for it in zones if place in (it.casefold(), it.rpartition("/")[2].casefold())] or closest(text, zones)
    return t("Did you mean %(near)s?", near=near[0]) if near else t("Write it like Europe/Amsterdam")

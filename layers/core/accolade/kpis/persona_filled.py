"""Persona filled: whether we know who the people are that we sell to."""

from accolade.kpis.port import Option, Values
from accolade.kpis.shapes import OfType, Share, filled


class PersonaFilled(OfType, Share):
    """filled / all: contacts (or leads) created in the period whose persona is filled in, over all. Undefined for none."""

    name = "persona_filled"
    title = "Personas filled in"
    group = "data"
    natures = ("qualitative", "process", "practical", "actionable")
    earners = ("sales", "service", "marketing", "success", "dealer")
    record = "contact"
    day = "created_on"
    asks = ("persona",)
    part = "filled"
    options = {"of": Option("contact", ("contact", "lead"), "whose persona")}

    def verdict(self, values: Values) -> bool | None:
        known = any(name.startswith(f"{self.record}.") for name in values)
        return filled(self.of(values, "persona")) if known else None


KPI = PersonaFilled

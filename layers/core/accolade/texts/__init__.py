"""What people read, in their language: English in the source, other languages in `locales/`, numbers and dates by locale."""

import datetime as clock
import gettext
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal

from accolade.model.money import Money, to_major
from accolade.model.phrases import Phrase, later
from accolade.model.times import zone_of
from accolade.texts import periods

__all__ = ["LANGUAGES", "SOURCE", "Texts", "chosen", "fill", "later", "texts"]

SOURCE = "en"
"""The language of the source texts, and of everybody whose own language we do not have."""

LANGUAGES = (SOURCE, "nl")

_HOLE = re.compile(r"\{(\w+)\}")


class Texts:
    """The texts of one locale. Messages are English with `%(name)s` holes, the same in code, templates and catalogues.

    `locale` may be any tag (`nl`, `nl-BE`, `nl_NL`); an unknown one reads English. `language` is the one in use.
    """

    def __init__(self, locale: str) -> None:
        tag = locale.replace("_", "-").split("-")[0].lower()
        self.language = tag if tag in LANGUAGES else SOURCE
        self.locale = Locale.parse(self.language)
        self._catalogue = _catalogue(self.language)

    def t(self, message: str, **values: object) -> str:
        """The message in this language, its holes filled; a phrase with its own values, as its reader writes them."""
        if isinstance(message, Phrase):
            return self._said(message, values)
        text = self._catalogue.gettext(message)
        return text % values if values else text

    def n(self, singular: str, plural: str, count: int, **values: object) -> str:
        """The message in its singular or plural form by this language's rule; `%(count)s` is the count by locale."""
        return self._catalogue.ngettext(singular, plural, count) % ({"count": self.number(count)} | values)

    def _said(self, phrase: Phrase, values: Mapping[str, object]) -> str:
        shown = {name: self._written(value) for name, value in {**phrase.values, **values}.items()}
        if phrase.plural:
            text = self._catalogue.ngettext(phrase.pattern, phrase.plural, phrase.number)
        else:
            text = self._catalogue.gettext(phrase.pattern)
        return text % shown if shown else text

    def _written(self, value: object) -> object:
        """A value as this locale writes it; a text is what it is."""
        match value:
            case Phrase():
                return self._said(value, {})
            case int() if type(value) is int:
                return self.number(value)
            case Decimal():
                return self.decimal(value)
            case Money():
                return self.money(value)
            case clock.datetime():
                return self.datetime(value)
            case clock.date():
                return self.date(value)
        return value

    def number(self, value: int) -> str:
        """A whole number with this locale's separators: 1,240 or 1.240."""
        return format_decimal(value, locale=self.locale)

    def decimal(self, value: Decimal) -> str:
        """A number with all of its decimals and this locale's separators: 0.01 or 0,01."""
        return format_decimal(value, locale=self.locale, decimal_quantization=False)

    def percent(self, part: int, whole: int) -> str:
        """A share in whole percent, rounded down; `whole` is above 0."""
        return f"{self.number(100 * part // whole)}%"

    def money(self, amount: Money) -> str:
        """An amount with its currency, exactly."""
        return format_currency(to_major(amount), amount.currency, locale=self.locale)

    def date(self, value: clock.date) -> str:
        """A calendar date with its year: 2 April 2017."""
        return format_date(value, "d MMMM y", locale=self.locale)

    def day(self, value: clock.date) -> str:
        """A calendar date without its year: 2 April."""
        return format_date(value, "d MMMM", locale=self.locale)

    def datetime(self, instant: clock.datetime, zone: str = "UTC") -> str:
        """An aware instant as the clock in `zone` showed it: 2 April 2017, 12:00."""
        return format_datetime(instant, "d MMMM y, HH:mm", tzinfo=zone_of(zone), locale=self.locale)

    def country(self, code: str) -> str:
        """A country by its ISO code, as this language calls it; one that is unknown as its code."""
        return str(self.locale.territories.get(code, code))

    def ordinal(self, value: int) -> str:
        """1st, 2nd, 3rd, 11th; in Dutch 1e, 2e."""
        if self.language == "nl":
            return f"{self.number(value)}e"
        ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
        return f"{self.number(value)}{ending}"

    def period(self, period_id: str) -> str:
        """The name of a period by its id or label: Q1 2017, March 2017, 2017, all time."""
        return periods.name(self, period_id)

    def during(self, period_id: str, at: clock.datetime) -> str:
        """When, seen from the aware instant `at`: "this quarter" within it, else "in Q1 2017"; empty for a lifetime."""
        return periods.during(self, period_id, at)

    def month(self, year: int, month: int) -> str:
        """A calendar month with its year: March 2017."""
        return format_date(clock.date(year, month, 1), "LLLL y", locale=self.locale)


@cache
def texts(locale: str) -> Texts:
    """The texts of a locale; English for one that we do not have."""
    return Texts(locale)


def chosen(titles: Mapping[str, str], language: str) -> str:
    """A text that its author gave by language: this one's, else the English one, else any; empty if there is none."""
    return titles.get(language) or titles.get(SOURCE) or next(iter(titles.values()), "")


def fill(template: str, values: Mapping[str, str]) -> str | None:
    """An author's template with its `{name}` holes filled; None if it has a hole that there is no value for.

    Only plain names are holes: no formats, no attributes, whatever the author or a record's name contains.
    """
    missing = [name for name in _HOLE.findall(template) if name not in values]
    return None if missing else _HOLE.sub(lambda hole: values[hole[1]], template)


def _catalogue(language: str) -> gettext.NullTranslations:
    """The compiled catalogue beside the source if the build made one, else the source compiled in memory."""
    if language == SOURCE:
        return gettext.NullTranslations()
    folder = files(__name__) / "locales" / language / "LC_MESSAGES"
    compiled = folder / "accolade.mo"
    if compiled.is_file():
        return gettext.GNUTranslations(BytesIO(compiled.read_bytes()))
    stream = BytesIO()
    write_mo(stream, read_po(BytesIO((folder / "accolade.po").read_bytes()), locale=language))
    return gettext.GNUTranslations(BytesIO(stream.getvalue()))

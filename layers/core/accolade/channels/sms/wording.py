"""The words of an SMS, and what goes first when they do not fit."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from accolade.channels.sms.septets import only_gsm, segments, typographic_to_plain, without_accents
from accolade.model.deliveries import Delivery
from accolade.model.errors import Rejected
from accolade.model.participants import Tenant
from accolade.model.phrases import later as t
from accolade.texts import Texts
from accolade.texts.news import headline, pieces
from accolade.texts.phrases import only_reason, points, reasons, way_back, what_happened
from accolade.texts.plain import plain, shortened

NAME_LIMITS = (60, 24, 12)
"""Lengths to which a deal's name is cut, one after the other."""

SENDER_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Parts:
    """What an SMS is made of; an empty part is left out. `subject` is the deal's name."""

    delivery: Delivery
    texts: Texts
    sender: str
    unit: str
    subject: str
    link: str
    stop: str
    detailed: bool = True
    balanced: bool = True

    def text(self) -> str:
        """The message in one line."""
        ending = f"  {self.stop}" if self.stop else ""
        said = self._taken_back() if self.delivery.total < 0 else self._awarded()
        sentences = [said, self._balance() if self.balanced else "", self.link]
        body = " ".join(part for part in sentences if part)
        return typographic_to_plain(f"{self.sender}: {body}" if self.sender else body) + ending

    def _awarded(self) -> str:
        t, delivery = self.texts, self.delivery
        said = points(t, delivery.total, self.unit)
        if self.subject:
            said = t.t("%(points)s for %(name)s", points=said, name=t.t('"%(subject)s"', subject=self.subject))
        elif delivery.record and ":deal:" in delivery.record:
            said = t.t("%(points)s for %(name)s", points=said, name=t.t("a deal"))
        why = f" ({reasons(t, delivery.lines, delivery.created_at)})" if self.detailed else ""
        return f"{said}{why}."

    def _taken_back(self) -> str:
        t, delivery = self.texts, self.delivery
        count = abs(delivery.total)
        said = t.n("%(points)s was taken back", "%(points)s were taken back", count, points=points(t, count, self.unit))
        about = only_reason(t, delivery) if self.detailed and delivery.record is None else ""
        said = f"{said} ({about})" if about else said
        happened = what_happened(t, delivery, subject=self.subject)
        said = f"{said}: {happened}" if happened else f"{said}."
        returns = way_back(t, delivery) if self.detailed else ""
        return f"{said} {returns}".rstrip()

    def _balance(self) -> str:
        t, delivery = self.texts, self.delivery
        if delivery.debt:
            return t.t("You still owe %(points)s.", points=points(t, delivery.debt, self.unit))
        return t.t("You have %(balance)s.", balance=t.number(delivery.balance))


def worded(delivery: Delivery, *, tenant: Tenant, link: str, texts: Texts) -> str:
    """The SMS within the tenant's segments. Rejected if not even its shortest form fits.

    What does not fit is left out in this order: accents that the seven-bit alphabet lacks; the end of the deal's name;
    the reasons (the name is whole again, and cut if it must be); the name; the balance; the end of the company's name.
    Points, link and the way to stop stay.
    """
    whole = Parts(
        delivery,
        texts,
        sender=plain(tenant.name, limit=40),
        unit=tenant.unit,
        subject=plain(delivery.subject, limit=NAME_LIMITS[0]) if tenant.names_in_sms else "",
        link=_linked(delivery, link, texts),
        stop=texts.t("STOP to opt out") if tenant.two_way_sms else "",
    )
    for text in _news(whole) if delivery.announcement else _shorter_and_shorter(whole):
        if segments(text) <= tenant.sms_segments:
            return text
    raise Rejected(
        t("the message does not fit in %(count)s SMS segments", count=tenant.sms_segments),
        mend=t("Allow more segments for the tenant"),
    )


def worded_code(code: str, *, tenant: Tenant, texts: Texts) -> str:
    """The SMS with a one-time code, in one segment. Its last line lets a phone fill the code in on our pages, and nowhere
    else: https://wicg.github.io/sms-one-time-codes/ (a host without a port). Rejected if even the bare code does not fit.
    """
    host = urlsplit(tenant.public_url).hostname or ""
    bound = f"\n\n@{host} #{code}" if host else ""
    sender = without_accents(typographic_to_plain(plain(tenant.name, limit=40)))
    promise = texts.t("It works for 10 minutes. Nobody of us asks for it.")
    for name in (sender, only_gsm(shortened(sender, SENDER_LIMIT))):
        said = texts.t("%(code)s is your code for %(sender)s.", code=code, sender=name)
        for text in (f"{said} {promise}{bound}", f"{said}{bound}"):
            if segments(text) == 1:
                return text
    raise Rejected(t("the code does not fit in one SMS segment"), mend=t("Use a shorter address for the pages"))


def _shorter_and_shorter(whole: Parts) -> Iterator[str]:
    yield whole.text()
    yield without_accents(whole.text())
    for parts in (whole, replace(whole, detailed=False)):
        for limit in NAME_LIMITS:
            yield without_accents(replace(parts, subject=shortened(parts.subject, limit)).text())
    parts = replace(whole, detailed=False, subject="")
    yield without_accents(parts.text())
    parts = replace(parts, balanced=False)
    yield without_accents(parts.text())
    yield only_gsm(replace(parts, sender=shortened(only_gsm(parts.sender), SENDER_LIMIT)).text())


def _news(whole: Parts) -> Iterator[str]:
    """An announcement: as many of its sentences as fit, from the first on; the headline and the link stay."""
    news = whole.delivery.announcement
    if news is None:
        return
    ending = f"  {whole.stop}" if whole.stop else ""
    said = [headline(whole.texts, news), *pieces(news.sentences)]
    for count in range(len(said), 0, -1):
        text = " ".join((*said[:count], whole.link))
        yield typographic_to_plain(f"{whole.sender}: {text}" if whole.sender else text) + ending
    bare = without_accents(typographic_to_plain(f"{said[0]} {whole.link}"))
    yield bare + ending
    yield only_gsm(bare)


def _linked(delivery: Delivery, link: str, texts: Texts) -> str:
    """Without its scheme, as short as phones still recognize it; after a clawback it says why."""
    short = link.removeprefix("https://")
    return texts.t("Why: %(link)s", link=short) if delivery.total < 0 else short

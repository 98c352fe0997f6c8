"""The shop: what points buy, found and filtered; an item, and the one button that takes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from accolade.catalog.offers import Offer, is_for, offers, sold_out
from accolade.model.catalog import ITEM_ID, Item, Option
from accolade.model.errors import Conflict, Missing, Refused
from accolade.model.money import Money
from accolade.texts.phrases import points
from accolade.texts.refusals import told
from accolade.web.answers import PageAnswer, moved
from accolade.web.asking import Ask
from accolade.web.channel_words import masked
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.rep.offer_words import card, kind_of, text, title
from accolade.web.site import Route
from accolade.web.visitors import Scope

PER_PAGE = 24

_KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; empty: everything. `page` from 0."""

    q: str = ""
    category: str = ""
    country: str = ""
    currency: str = ""
    affordable: bool = False
    page: int = 0

    @property
    def anything(self) -> bool:
        """Whether something in particular is looked for."""
        return bool(self.q or self.category or self.country or self.currency or self.affordable)

    def asks(self, item: Item) -> bool:
        """Whether the item is among it, but for its price."""
        said = " ".join((*item.title.values(), *item.description.values(), item.category)).casefold()
        return (
            all(word in said for word in self.q.casefold().split())
            and self.category in ("", kind_of(item))
            and self.currency in ("", item.currency)
            and (not self.country or not item.countries or self.country in item.countries)
        )


def shop(ask: Ask) -> PageAnswer:
    """`GET me/shop`."""
    redeeming, person, t = ask.house.redeeming, ask.person, ask.t
    wallet, items = redeeming.redemptions.wallet(ask.tenant.id, person.number), redeeming.catalog.list(ask.tenant.id)
    wanted = _wanted(ask)
    known = [it for it in items if is_for(it, person)]
    asked = [it for it in known if wanted.asks(it)]
    left = redeeming.redeemer.left(ask.tenant.id, asked)
    found = _cheapest_first(offers(asked, person, wallet.available, left=left, affordable=wanted.affordable))
    start = wanted.page * PER_PAGE
    return site_rendered(
        ask,
        "rep/shop.html",
        tab="shop",
        title=t.t("Shop"),
        balance=points(t, wallet.available, ask.tenant.unit),
        offers=[card(ask, it, available=wallet.available) for it in found[start : start + PER_PAGE]],
        found=t.n("%(count)s item", "%(count)s items", len(found)),
        empty=not known,
        wanted=wanted,
        form=form_of(ask, q=wanted.q, category=wanted.category, country=wanted.country, currency=wanted.currency),
        choices=_choices(ask, known),
        newer=_page(wanted, 0) if wanted.page else "",
        older=_page(wanted, wanted.page + 1) if len(found) > start + PER_PAGE else "",
    )


def item(ask: Ask) -> PageAnswer:
    """`GET me/shop/{item}`."""
    return _item_page(ask, form_of(ask, key=_fresh_key(ask)))


def take(ask: Ask) -> PageAnswer:
    """`POST me/shop/{item}`: holds the points, once per form however often it is sent, and leads to the reward."""
    form = form_of(ask)
    value, price = _chosen(form)
    key = form.text("key", most=64, required=True)
    if not form.good or value is None:
        return _item_page(ask, form, status=422)
    try:
        done = ask.house.redeeming.redeemer.redeem(
            ask.tenant.id, ask.person.number, ask.args["item"], value, key, now=ask.now, actor=ask.who.name, points=price
        )
    except (Refused, Conflict) as error:
        form.wrong("", told(ask.t, error))
        return _item_page(ask, form, status=422)
    return moved(f"{ask.root}me/rewards/{done.id}?done=ordered")


def _item_page(ask: Ask, form: FormState, *, status: int = 200) -> PageAnswer:
    t, unit = ask.t, ask.tenant.unit
    found = _item(ask)
    available = ask.house.redeeming.redemptions.wallet(ask.tenant.id, ask.person.number).available
    sold = sold_out(found, ask.house.redeeming.redeemer.left(ask.tenant.id, [found]))
    options = [_option(ask, found, it, available, sold=it.value in sold) for it in found.options]
    can = [it for it in options if it["affordable"]]
    values = {**form.values, "key": (_fresh_key(ask),)} if status == 422 else form.values
    chosen = form.value("option")
    return site_rendered(
        ask,
        "rep/item.html",
        status=status,
        tab="shop",
        title=title(found, t),
        form=FormState(t, values, form.problems, form.here),
        paragraphs=text(dict(found.description), t),
        terms=text(dict(found.terms), t),
        balance=points(t, available, unit),
        options=options,
        chosen=chosen if chosen in {it["value"] for it in can} else can[0]["value"] if can else "",
        after=_after(ask, found),
        may=ask.may(Scope.REDEEM),
        affordable=bool(can),
        sold_out=len(sold) == len(options),
        countries=", ".join(sorted(map(t.country, found.countries))),
        next=f"me/shop/{found.id}",
        item=found.id,
        way=_way(ask),
    )


def _way(ask: Ask) -> dict[str, str]:
    """Where the code goes that takes the item, for somebody who came by a link; nothing if there is no way."""
    if ask.may(Scope.REDEEM):
        return {}
    ways = ask.house.sign_in.ways(ask.tenant, ask.person)
    return {"channel": ways[0].value, "address": masked(ways[0], ask.person.address(ways[0]))} if ways else {}


def _item(ask: Ask) -> Item:
    """The item, if it is in this person's shop; Missing otherwise."""
    id_ = ask.args["item"]
    found = ask.house.redeeming.catalog.find(ask.tenant.id, id_) if ITEM_ID.fullmatch(id_) else None
    if found is None or not is_for(found, ask.person):
        raise Missing("this is not in your shop")
    return found


def _option(ask: Ask, found: Item, option: Option, available: int, *, sold: bool) -> dict[str, Any]:
    t, unit = ask.t, ask.tenant.unit
    more = t.t("%(points)s to go", points=points(t, max(0, option.points - available), unit))
    return {
        "value": f"{option.value}:{option.points}",
        "money": t.money(Money(option.value, found.currency)),
        "price": points(t, option.points, unit),
        "affordable": option.points <= available and not sold,
        "short": t.t("Sold out") if sold else more,
    }


def _after(ask: Ask, found: Item) -> list[str]:
    """What happens after the button, in order."""
    t, limit = ask.t, ask.tenant.approve_redemptions_above
    steps = [t.t("The points are taken from your wallet at once, and kept for this order.")]
    if limit is not None and any(it.points > limit for it in found.options):
        worth = points(t, limit, ask.tenant.unit)
        steps.append(t.t("Above %(points)s somebody of the company has to approve it first.", points=worth))
    steps.append(t.t("The next page shows the code or the link, usually within a minute. Only you can see it, after signing in."))
    steps.append(t.t("If it cannot be delivered, all points come back."))
    return steps


def _chosen(form: FormState) -> tuple[int | None, int | None]:
    """The face value that was chosen, and the price that was shown for it."""
    value, _, price = form.value("option").partition(":")
    if not all(part.isascii() and part.isdecimal() and len(part) <= 15 for part in (value, price)):
        form.wrong("option", form.t.t("Choose one of the values."))
        return None, None
    return int(value), int(price)


def _fresh_key(ask: Ask) -> str:
    return ask.house.random(_KEY_BYTES).hex()


def _wanted(ask: Ask) -> Wanted:
    page = ask.value("page", limit=9)
    return Wanted(
        q=ask.value("q", limit=80),
        category=ask.value("category", limit=60),
        country=ask.value("country", limit=2).upper(),
        currency=ask.value("currency", limit=3).upper(),
        affordable=ask.value("affordable") == "1",
        page=int(page) if page.isascii() and page.isdecimal() else 0,
    )


def _page(wanted: Wanted, page: int) -> str:
    asked = {name: getattr(wanted, name) for name in ("q", "category", "country", "currency") if getattr(wanted, name)}
    return f"?{urlencode(asked | ({'affordable': '1'} if wanted.affordable else {}) | {'page': str(page)})}"


def _choices(ask: Ask, known: Iterable[Item]) -> dict[str, list[tuple[str, str]]]:
    """What the lists of the filter offer; a list with one entry is none."""
    known, t = list(known), ask.t
    kinds = {
        "category": ({kind_of(it) for it in known if it.category}, t.t("Everything")),
        "country": ({country for it in known for country in it.countries}, t.t("Everywhere")),
        "currency": ({it.currency for it in known}, t.t("All")),
    }
    named = {"country": t.country}
    choices = {name: [(it, named.get(name, str)(it)) for it in found] for name, (found, _) in kinds.items() if len(found) > 1}
    return {name: [("", kinds[name][1]), *sorted(rows, key=lambda row: row[1])] for name, rows in choices.items()}


def _cheapest_first(found: list[Offer]) -> list[Offer]:
    """What can be had now first, then by the price of the cheapest value; what is sold out comes last."""
    return sorted(
        found, key=lambda it: (it.gone, not it.affordable, min(option.points for option in it.item.options), it.item.id)
    )


ROUTES = (
    Route("GET", "me/shop", Scope.WALLET, shop),
    Route("GET", "me/shop/{item}", Scope.WALLET, item),
    Route("POST", "me/shop/{item}", Scope.REDEEM, take),
)
"""The shop's pages."""

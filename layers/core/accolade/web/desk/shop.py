"""The shop for the staff: items and their prices, own codes, accounts with providers and what is left on them."""

from typing import Any

from accolade import providers
from accolade.flows.catalog_file import item_of
from accolade.flows.stock_csv import import_codes, with_header
from accolade.model.catalog import Item
from accolade.model.errors import AccoladeError, Missing, Rejected
from accolade.model.money import Money, to_major
from accolade.model.phrases import later as t
from accolade.texts import Texts, chosen
from accolade.texts.refusals import sentence, told
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import done_word, noted, went
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

NEW = "new"
"""What stands in the address of the form for an item that is not there yet; no item may be called so."""

MAX_CODES = 500_000
"""Bytes of a list of codes."""


def shop(ask: Ask) -> PageAnswer:
    """All items, those taken out of the shop too."""
    parts, tenant = ask.house.redeeming, ask.tenant.id
    rows = []
    for item in parts.catalog.list(tenant):
        left = sum(parts.stock.count(tenant, item.id).values()) if item.provider == "stock" else None
        named = {"title": chosen(item.title, ask.t.language), "provider": provider_name(ask.t, item.provider)}
        rows.append({"it": item, "options": _priced(item, ask), "left": left, **named})
    words: dict[str, Any] = {
        "title": ask.t.t("Shop"),
        "room": "shop",
        "rows": rows,
        "number": ask.t.number,
        "done": done_word(ask, {"saved": ask.t.t("The item is saved.")}),
    }
    return site_rendered(ask, "desk/shop.html", **words)


def item(ask: Ask) -> PageAnswer:
    """One item: its form, and its codes if they are ours."""
    known = _known(ask)
    return _page(ask, form_of(ask, **(_shown(known) if known else {"provider": "stock", "active": "1"})), known)


def save(ask: Ask) -> PageAnswer:
    """Store the item as it was sent; what was redeemed keeps what it was."""
    known, form = _known(ask), form_of(ask)
    for name in ("title", "currency", "options") if known else ("id", "title", "currency", "options"):
        form.text(name, most=MAX_CODES, required=True)
    if not form.good:
        return _page(ask, form, known, status=422)
    try:
        wanted = item_of(_values(form, known), tenant=ask.tenant.id)
        if known is None and (wanted.id == NEW or ask.house.redeeming.catalog.find(ask.tenant.id, wanted.id)):
            raise Rejected(t("there is an item of that name"), where="item.id", mend=t("Choose another name, or change that one"))
    except AccoladeError as error:
        form.wrong(error.where.removeprefix("item.").split("[")[0].split(".")[0], told(ask.t, error))
        return _page(ask, form, known, status=422)
    ask.house.redeeming.catalog.put(wanted)
    noted(ask, "item.changed" if known else "item.added", f"item:{wanted.id}", before=_plain(known), after=_plain(wanted))
    return went(ask, "admin/shop", "saved")


def codes(ask: Ask) -> PageAnswer:
    """Store own codes, encrypted; those with a problem are named by their line, never by themselves."""
    known, form = _known(ask), form_of(ask)
    if known is None:
        raise Missing("there is no such item")
    text = form.text("codes", most=MAX_CODES, required=True)
    if form.good:
        try:
            file, before = with_header(text)
            partial = form.has("partial", "1")
            done = import_codes(ask.house.redeeming.stock, known, file.encode(), now=ask.now, partial=partial, before=before)
        except AccoladeError as error:
            form.wrong("codes", told(ask.t, error))
        else:
            for it in done.problems[:50]:
                line = ask.t.t("Line %(line)s", line=it.line)
                form.wrong("codes", f"{line}: {ask.t.t(it.what)}. {sentence(ask.t, it.mend)}")
            if done.stored:
                noted(ask, "codes.stored", f"item:{known.id}", after={"codes": done.stored})
            if done.stored and not done.problems:
                return went(ask, f"admin/shop/{known.id}", "codes")
    shown = FormState(ask.t, {**_in_form(_shown(known)), "codes": form.values.get("codes", ())}, form.problems, known.id)
    return _page(ask, shown, known, status=422)


def _page(ask: Ask, form: FormState, known: Item | None, *, status: int = 200) -> PageAnswer:
    left = ask.house.redeeming.stock.count(ask.tenant.id, known.id) if known and known.provider == "stock" else {}
    words: dict[str, Any] = {
        "title": chosen(known.title, ask.t.language) if known else ask.t.t("New item"),
        "room": "shop",
        "known": known,
        "where": known.id if known else NEW,
        "form": form,
        "providers": [(name, provider_name(ask.t, name)) for name in providers.names()],
        "left": [(ask.t.money(Money(it.value, known.currency)), left.get(it.value, 0)) for it in known.options] if known else [],
        "number": ask.t.number,
        "done": done_word(ask, {"codes": ask.t.t("The codes are stored, encrypted.")}),
    }
    return site_rendered(ask, "desk/item.html", status=status, **words)


def provider_name(t: Texts, name: str) -> str:
    """Who delivers, as people read it."""
    return t.t("Own codes") if name == "stock" else name.capitalize()


def _known(ask: Ask) -> Item | None:
    id_ = ask.args["item"]
    return None if id_ == NEW else ask.house.redeeming.catalog.get(ask.tenant.id, id_)


def _values(form: FormState, known: Item | None) -> dict[str, Any]:
    """The form as `catalog_file` reads an item: prices one a line, `10 = 1000`."""
    options = [_option(line) for line in form.value("options").splitlines() if line.strip()]
    return {
        "id": known.id if known else form.value("id"),
        "provider": form.value("provider"),
        "product": form.value("product"),
        "title": _texts(form, "title"),
        "description": _texts(form, "description"),
        "terms": _texts(form, "terms"),
        "category": form.value("category"),
        "countries": [it for it in form.value("countries").replace(",", " ").split() if it],
        "currency": form.value("currency"),
        "options": options,
        "active": form.has("active", "1"),
    }


def _option(line: str) -> dict[str, Any]:
    value, _, points = (part.strip() for part in line.partition("="))
    whole = points.replace(",", "").replace(".", "").replace(" ", "")
    return {"value": value.replace(",", "."), "points": int(whole) if whole.isascii() and whole.isdecimal() else points}


def _texts(form: FormState, name: str) -> dict[str, str]:
    found = {"en": form.value(name).strip(), "nl": form.value(f"{name}_nl").strip()}
    return {language: text for language, text in found.items() if text}


def _shown(it: Item) -> dict[str, str]:
    lines = [f"{to_major(Money(option.value, it.currency))} = {option.points}" for option in it.options]
    shown = {"provider": it.provider, "product": it.product, "category": it.category, "countries": " ".join(it.countries)}
    shown |= {"currency": it.currency, "options": "\n".join(lines), "id": it.id} | ({"active": "1"} if it.active else {})
    for name in ("title", "description", "terms"):
        texts = getattr(it, name)
        shown |= {name: texts.get("en", ""), f"{name}_nl": texts.get("nl", "")}
    return shown


def _in_form(shown: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {name: (value,) for name, value in shown.items()}


def _plain(it: Item | None) -> dict[str, str] | None:
    return _shown(it) if it else None


def _priced(it: Item, ask: Ask) -> str:
    """Values with their prices; a value and its price stay on one line."""
    options = [(ask.t.money(Money(one.value, it.currency)), ask.t.number(one.points)) for one in it.options[:6]]
    shown = [f"{value}\u00a0=\u00a0{price}" for value, price in options]
    return " · ".join(shown) + (" ..." if len(it.options) > 6 else "")


ROUTES: tuple[Route, ...] = (
    Route("GET", "admin/shop", Scope.CATALOG, shop),
    Route("GET", "admin/shop/{item}", Scope.CATALOG, item),
    Route("POST", "admin/shop/{item}", Scope.CATALOG_WRITE, save),
    Route("POST", "admin/shop/{item}/codes", Scope.CATALOG_WRITE, codes),
)

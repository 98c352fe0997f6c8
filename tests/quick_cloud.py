"""What moto and botocore work out anew at every call and for every client, worked out once. Nothing that they answer changes,
but that calls of several threads are answered one after the other, as a table on AWS does it with an item."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cache, cached_property
from inspect import CO_VARKEYWORDS
from string import ascii_letters, digits
from threading import RLock
from typing import Any

from botocore import client, hooks, useragent
from botocore.loaders import JSONFileLoader, Loader
from botocore.model import ServiceModel, Shape
from moto import backend_index, backends
from moto.core import base_backend, responses, serialize
from moto.core.botocore_stubber import BotocoreStubber
from moto.dynamodb.models import dynamo_type, table
from moto.kms import models as keys
from moto.moto_api._internal import moto_random

# moto tries 180 addresses one after the other at each call: those of what is called most stand first.
CALLED_MOST = ("dynamodb", "sqs", "secretsmanager", "kms", "sns", "ses", "sesv2")


def begin() -> None:
    """All of it: once in a process, before the first client."""
    _descriptions_are_read_once()
    _events_are_named_once()
    _members_of_dicts_are_found_once()
    _items_are_ordered_and_copied_directly()
    _calls_come_one_after_the_other()
    useragent.sanitize_user_agent_string_component = cache(useragent.sanitize_user_agent_string_component)
    backends.get_backend = cache(backends.get_backend)
    base_backend.BaseBackend.urls = cached_property(base_backend.BaseBackend.urls.fget)
    base_backend.BaseBackend.urls.__set_name__(base_backend.BaseBackend, "urls")
    moto_random.MotoRandom.get_random_string = _random_string
    responses.method_names_from_class = cache(responses.method_names_from_class)
    responses.camelcase_to_underscores = cache(responses.camelcase_to_underscores)
    # an RSA key for every key of KMS, though only an asymmetric one uses it
    keys.generate_private_key = cache(keys.generate_private_key)
    backend_index.backend_url_patterns.sort(key=lambda pattern: pattern[0] not in CALLED_MOST)


def _descriptions_are_read_once() -> None:
    """Those of AWS's services: some are megabytes, and 400 folders are looked through to find which there are."""
    read, listed = JSONFileLoader.load_file, Loader.list_available_services
    load = cache(lambda path: read(JSONFileLoader(), path))
    names = cache(lambda places, kind: listed(Loader(list(places), include_default_search_paths=False), kind))
    models = cache(lambda name, version: ServiceModel(Loader().load_service_model(name, "service-2", version), name))
    JSONFileLoader.load_file = lambda _, path: load(path)
    Loader.list_available_services = lambda loader, type_name: names(tuple(loader.search_paths), type_name)
    client.ClientCreator._load_service_model = lambda _, service_name, api_version=None: models(service_name, api_version)


def _events_are_named_once() -> None:
    """botocore's events have old names and new ones; every session and client finds out for itself which is which."""
    begun, known = hooks.EventAliaser.__init__, dict[str, str]()

    def begin(self: Any, event_emitter: Any, event_aliases: Any = None) -> None:
        begun(self, event_emitter, event_aliases)
        if event_aliases in (None, hooks.EVENT_ALIASES):
            self._alias_name_cache = known

    hooks.EventAliaser.__init__ = begin
    slow = hooks.accepts_kwargs
    hooks.accepts_kwargs = lambda func: func.__code__.co_flags & CO_VARKEYWORDS if hasattr(func, "__code__") else slow(func)


def _members_of_dicts_are_found_once() -> None:
    """moto looks for a member of an answer under up to ten names, which it makes anew for each: of a dict always the same."""
    slow = serialize.ResponseSerializer.get_value
    names: dict[tuple[type, str, Shape], tuple[str, ...]] = {}

    def quick(self: Any, value: Any, key: str, shape: Shape) -> Any:
        picker = self._value_picker
        if type(value) is not dict or getattr(picker, "response_transformers", True):
            return slow(self, value, key, shape)
        kind = (type(picker), key, shape)
        if kind not in names:
            names[kind] = tuple(picker.get_possible_keys(serialize.AttributePickerContext(value, key, shape)))
        return _first(value, names[kind])

    serialize.ResponseSerializer.get_value = quick


def _random_string(self: Any, length: int = 20, include_digits: bool = True, lower_case: bool = False) -> str:
    text = "".join(self.choices(ascii_letters + digits * include_digits, k=length))
    return text.lower() if lower_case else text


def _first(value: Mapping[str, Any], names: Sequence[str]) -> Any:
    for name in names:
        if name in value:
            return value[name]
    return None


def _items_are_ordered_and_copied_directly() -> None:
    """Each query sorts the whole table and copies what it found, each transaction copies the table once for every item."""
    slow = dynamo_type.DynamoType.cast_value.fget
    dynamo_type.DynamoType.cast_value = property(lambda self: self.value if self.type == "S" else slow(self))
    dynamo_type.DynamoType.__deepcopy__ = lambda self, memo: _copied(self)
    dynamo_type.Item.__deepcopy__ = lambda self, memo: _item(self)
    table.Table.__deepcopy__ = lambda self, memo: _table(self)
    table.Table.all_items = _in_order


def _calls_come_one_after_the_other() -> None:
    """A write on a condition is one act on AWS; in moto another thread can come in between the question and the write."""
    answer, lock = BotocoreStubber.__call__, RLock()

    def alone(self: Any, *args: Any, **named: Any) -> Any:
        with lock:
            return answer(self, *args, **named)

    BotocoreStubber.__call__ = alone


def _copied(value: Any) -> Any:
    made = object.__new__(dynamo_type.DynamoType)
    made.type, held = value.type, value.value
    if made.type == "M":
        held = {key: _copied(it) for key, it in held.items()}
    elif made.type == "L":
        held = [_copied(it) for it in held]
    made.value = list(held) if made.type in ("SS", "NS", "BS") else held
    return made


def _item(item: Any) -> Any:
    made = object.__new__(dynamo_type.Item)
    made.hash_key = _copied(item.hash_key)
    made.range_key = item.range_key and _copied(item.range_key)
    made.attrs = dynamo_type.LimitedSizeDict.__new__(dynamo_type.LimitedSizeDict)
    dict.update(made.attrs, {key: _copied(it) for key, it in item.attrs.items()})
    return made


def _table(it: Any) -> Any:
    made = object.__new__(type(it))
    made.__dict__.update({name: deepcopy(value) for name, value in it.__dict__.items() if name != "items"})
    made.items = defaultdict(dict)
    for key, found in it.items.items():
        made.items[key] = {sort: _item(item) for sort, item in found.items()} if it.range_key_attr else _item(found)
    return made


def _in_order(self: Any) -> list[Any]:
    if not self.range_key_attr:
        return sorted(self.items.values(), key=lambda item: item.hash_key.cast_value)
    found = [item for sort in self.items.values() for item in sort.values()]
    return sorted(found, key=lambda item: (item.hash_key.cast_value, item.range_key.cast_value))

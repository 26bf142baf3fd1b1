"""What Flet does to controls before it draws them, done where there is something to do.

Flet 1.0 looks for more controls in every field of each control, and nearly all of them hold their default: that is a
seventh of what drawing a place takes.  Here a field is looked into only where it may hold something.
"""

import dataclasses
import weakref
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

from flet.controls.object_patch import DiffBuilder, _control_setattr
from flet.controls.value_types import Prop


def prepare_sparingly() -> None:
    """For the whole process; doing it again changes nothing."""
    DiffBuilder._configure_dataclass = _prepared


def _prepared(self: Any, item: Any, parent: Any, frozen: bool, configure_setattr_only: bool = False) -> Iterator[Any]:
    """The controls in `item`, itself first: as Flet's own, which says what each line is for."""
    kind: Any = type(item)
    if not _has_fields(kind):
        for part in item.values() if isinstance(item, dict) else item if isinstance(item, list) else ():
            if _may_hold(type(part)):
                yield from _prepared(self, part, parent, frozen)
        return
    if parent is None and (above := getattr(item, "_parent", None)):
        parent = above()
    if parent:
        item._parent = weakref.ref(parent)
    if hasattr(item, "_frozen"):
        frozen = item._frozen
    elif frozen:
        item._frozen = frozen
    if getattr(kind, "__flet_control_cls__", None) is None:
        kind.__flet_control_cls__ = self.control_cls
    is_control = self.control_cls and isinstance(item, self.control_cls)
    if is_control:
        if not configure_setattr_only:
            item.build()
            item._before_update_safe()
            object.__setattr__(item, "_initialized", True)
        yield item
    if not configure_setattr_only:
        for part in _parts(item):
            yield from _prepared(self, part, item if is_control else parent, frozen)
    if not frozen:
        _watch(item)


def _parts(item: Any) -> Iterator[Any]:
    """What its fields hold that controls may be in, each read when the one before is done."""
    kind, given = type(item), getattr(item, "_values", None)
    always = _always(kind)
    for name in _fields(kind):
        if given is None or name in given or name in always:
            part = getattr(item, name)
            if _may_hold(type(part)):
                yield part


def _watch(item: Any) -> None:
    """From now on changes are noted."""
    changed = getattr(item, "_dirty", None)
    if changed is not None:
        changed.clear()
        return
    kind: Any = type(item)
    if kind.__setattr__ is not _control_setattr:
        kind.__setattr__ = _control_setattr
    object.__setattr__(item, "__changes", {})


@cache
def _has_fields(kind: type) -> bool:
    return dataclasses.is_dataclass(kind)


@cache
def _may_hold(kind: type) -> bool:
    return _has_fields(kind) or issubclass(kind, dict | list)


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind) if not field.metadata.get("skip", False))


@cache
def _always(kind: type) -> Collection[str]:
    """Fields that are looked into also where nothing was given: what they hold then may hold something."""
    defaults = {name: _raw(kind, name) for name in _fields(kind)}
    return frozenset(
        name for name, raw in defaults.items() if not (isinstance(raw, Prop) and not _may_hold(type(raw.default)))
    )


def _raw(kind: type, name: str) -> Any:
    return next((vars(each)[name] for each in kind.__mro__ if name in vars(each)), None)

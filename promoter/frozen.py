"""Values: frozen, slotted dataclasses that are quick to make.

A run makes 90 classes of values before its first check asks anything. `dataclasses` compiles six functions for
each, 0.45 ms a class (CPython 3.11), which was a fifth of that time. Two classes of values differ in how one is
built: that alone is compiled here, when the first is built, and the rest is shared, at 0.05 ms a class.
"""

from collections.abc import Callable, Iterable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields, is_dataclass
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

_Class = TypeVar("_Class", bound=type)


@overload
def frozen(cls: _Class, /) -> _Class: ...
@overload
def frozen(*, kw_only: bool = False) -> Callable[[_Class], _Class]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: Any = None, /, *, kw_only: bool = False) -> Any:
    """Makes of a class what `@dataclass(frozen=True, slots=True)` does; `field`, `fields`, `replace` and
    patterns work as ever, and each may be built upon the other."""
    return _made(cls, kw_only=False) if cls is not None else lambda cls: _made(cls, kw_only=kw_only)


def _made(cls: type, *, kw_only: bool) -> type:
    upon_another = any(map(is_dataclass, cls.__bases__))
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only, frozen=upon_another)(
        cls
    )
    for method in (*_methods(made), __setattr__, __delattr__):
        if method.__name__ not in cls.__dict__:
            setattr(made, method.__name__, method)
    made.__dataclass_params__.frozen = True  # for `@dataclass(frozen=True)` below it, which asks
    return made  # type: ignore[no-any-return]


def _methods(cls: type) -> tuple[Callable[..., Any], ...]:
    own = fields(cls)
    shown = [each.name for each in own if each.repr]
    compared = _values_of(each.name for each in own if each.compare)
    hashed = _values_of(each.name for each in own if (each.compare if each.hash is None else each.hash))

    def __repr__(self: object) -> str:  # noqa: N807 - a method
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    def __eq__(self: object, other: object) -> bool:  # noqa: N807 - a method
        return bool(compared(self) == compared(other)) if type(self) is type(other) else NotImplemented

    def __hash__(self: object) -> int:  # noqa: N807 - a method
        return hash(hashed(self))

    def __init__(self: object, *positional: object, **by_name: object) -> None:  # noqa: N807 - a method
        """Stands in for the right one until a value is built."""
        built = _init(cls, own)
        if cls.__dict__.get("__init__") is __init__:
            cls.__init__ = built  # type: ignore[misc]
        built(self, *positional, **by_name)

    return __init__, __repr__, __eq__, __hash__


def _values_of(names: Iterable[str]) -> Callable[[Any], Any]:
    found = tuple(names)
    return attrgetter(*found) if found else type


def _init(cls: type, own: tuple[Field[Any], ...]) -> Callable[..., None]:
    """Sets each field through its slot, since `__setattr__` refuses."""
    known: dict[str, object] = {"_MISSING": MISSING}
    positional, by_name, body = ["self"], ["*"], []
    for each in own:
        name = each.name
        known |= {f"_set_{name}": getattr(cls, name).__set__, f"_default_{name}": each.default}
        parameter, value = name, name
        if each.default_factory is not MISSING:
            known[f"_make_{name}"] = each.default_factory
            parameter, value = f"{name}=_MISSING", f"_make_{name}() if {name} is _MISSING else {name}"
        elif each.default is not MISSING:
            parameter = f"{name}=_default_{name}"
        (by_name if each.kw_only else positional).append(parameter)
        body.append(f"_set_{name}(self, {value})")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    parameters = ", ".join(positional + (by_name if len(by_name) > 1 else []))
    exec(f"def __init__({parameters}): {'; '.join(body) or 'pass'}", known)  # noqa: S102 - as dataclasses does
    made: Any = known["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made  # type: ignore[no-any-return]


def __setattr__(self: object, name: str, value: object) -> None:  # noqa: N807 - a method
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def __delattr__(self: object, name: str) -> None:  # noqa: N807 - a method
    raise FrozenInstanceError(f"cannot delete field {name!r}")

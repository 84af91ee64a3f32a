"""What a field of a check may hold, in words."""

import collections.abc
import enum
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from promoter.checks.fields import is_record, specs
from promoter.messages import N_, Language, Phrase, phrase
from promoter.model.address import HostPort, Url
from promoter.model.duration import Duration
from promoter.model.reference import JsonValue
from promoter.redaction import Secret

_SCALARS: Mapping[Any, Phrase] = {
    str: phrase(N_("text")),
    int: phrase(N_("whole number")),
    float: phrase(N_("number")),
    bool: phrase(N_("true or false")),
    Url: phrase(N_("URL")),
    Duration: phrase(N_("length of time")),
    HostPort: phrase(N_("ADDRESS:PORT")),
    Secret: phrase(N_("secret")),
    JsonValue: phrase(N_("any JSON")),
}


def sort_of(annotation: Any, language: Language) -> str:
    """What a field of that type holds: `list of: text`, `one of a, b`."""
    return language.say(_sort(annotation))


def _sort(annotation: Any) -> Phrase:
    if get_origin(annotation) is tuple:
        return phrase(N_("list, each: {sort}"), sort=_sort(get_args(annotation)[0]))
    if get_origin(annotation) is collections.abc.Mapping:
        return phrase(N_("mapping of names, each to: {sort}"), sort=_sort(get_args(annotation)[1]))
    if is_record(annotation):
        return phrase(N_("parts: {names:list}"), names=[each.name for each in specs(annotation)])
    if get_origin(annotation) is Literal:
        return phrase(N_("one of {names:list}"), names=get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return phrase(N_("one of {names:list}"), names=[str(each.value) for each in annotation])
    return _SCALARS[annotation]

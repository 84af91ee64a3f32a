"""What a user reads: codes and phrases that become words only when shown.

A `Message` is a stable code with parameters. It is what outcomes, reasons and entries carry,
so that what one person recorded in French another reads in English. A `Phrase` is a
translatable English sentence with parameters, for errors and problems, which are shown and
never stored. A `Language` turns either into words.

In a template `{name}` takes a parameter; `{name:date}`, `:time`, `:duration`, `:list` format it
for the reader. Attribute and index access are refused. A template may be a `Plural`: the
parameter `count` then chooses the form.
"""

import gettext as _gettext
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeAlias, Union

from promoter.frozen import frozen

LANGUAGES = ("en", "fr")
_LOCALE = f"{__file__.rpartition('/')[0]}/locale"

Scalar: TypeAlias = str | int | float | bool | None
Parameter: TypeAlias = Union[Scalar, "Message", Sequence["Parameter"]]


@frozen
class Plural:
    """A template with a form for one and a form for many, chosen by the parameter `count`."""

    one: str
    many: str


Template: TypeAlias = str | Plural
Phrasebook: TypeAlias = Callable[[str], Template | None]


def N_(text: str) -> str:  # noqa: N802 - gettext's conventional name
    """Marks an English text for extraction into the catalogue; returns it unchanged."""
    return text


def NP_(one: str, many: str) -> Plural:  # noqa: N802 - gettext's conventional name
    """Marks a pair of forms for extraction; returns them as a `Plural`."""
    return Plural(one, many)


@frozen
class Message:
    """A stable kebab-case code with parameters; `kind.code` for the reasons of a check kind.

    Only scalars, messages and sequences of them are parameters, so that a message survives JSON.
    """

    code: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


@frozen
class Phrase:
    """A translatable sentence with parameters, for what is shown and never stored."""

    template: Template
    parameters: Mapping[str, Parameter | "Phrase"] = field(default_factory=dict)


Sayable: TypeAlias = Message | Phrase


def locale_directory() -> str:
    """Where the catalogues are, for libraries that translate through gettext themselves."""
    return _LOCALE


def message(code: str, **parameters: Parameter) -> Message:
    """A `Message` with keyword parameters."""
    return Message(code, parameters)


def phrase(template: Template, **parameters: Parameter | Phrase) -> Phrase:
    """A `Phrase` with keyword parameters; wrap the template in `N_` or `NP_` where it is written."""
    return Phrase(template, parameters)


def message_to_json(said: Message) -> dict[str, Any]:
    """The form a message has in entries and in JSON output."""
    return {"code": said.code, "parameters": {k: parameter_to_json(v) for k, v in said.parameters.items()}}


def parameter_to_json(value: Parameter) -> Any:
    """A parameter as JSON; a nested message keeps its code and parameters."""
    if isinstance(value, Message):
        return message_to_json(value)
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    return [parameter_to_json(each) for each in value]


def message_from_json(value: Any) -> Message:
    """Reads what `message_to_json` wrote.

    Raises ValueError when the value does not have that form.
    """
    if (
        not isinstance(value, dict)
        or set(value) - {"code", "parameters"}
        or not isinstance(value.get("code"), str)
    ):
        raise ValueError("not a message")
    parameters = value.get("parameters", {})
    if not isinstance(parameters, dict):
        raise ValueError("not a message")
    return Message(value["code"], {str(k): parameter_from_json(v) for k, v in parameters.items()})


def parameter_from_json(value: Any) -> Parameter:
    """Reads what `parameter_to_json` wrote; raises ValueError for anything else."""
    if isinstance(value, dict):
        return message_from_json(value)
    if isinstance(value, list):
        return tuple(parameter_from_json(each) for each in value)
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    raise ValueError("not a message parameter")


class Language:
    """The language, time zone and phrasebook in which one user is spoken to.

    `phrasebook` answers the English template of a message code, or None when nobody knows it
    (an old promotion whose plug-in is gone): the code and its parameters are then shown as they are.
    """

    def __init__(
        self, code: str = "en", *, time_zone: tzinfo = UTC, phrasebook: Phrasebook = lambda code: None
    ) -> None:
        self.code = code if code in LANGUAGES else "en"
        self.time_zone = time_zone
        self._phrasebook = phrasebook
        self._translations: _gettext.NullTranslations = (
            _gettext.NullTranslations()
            if self.code == "en"
            else _gettext.translation("promoter", _LOCALE, [self.code], fallback=True)
        )

    def in_time_zone(self, time_zone: tzinfo) -> "Language":
        """The same language with times shown in another zone."""
        return Language(self.code, time_zone=time_zone, phrasebook=self._phrasebook)

    def gettext(self, text: str) -> str:
        """The translation of an English text marked with `N_` or written as a literal here."""
        return self._translations.gettext(text) if text else text

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The translation of the form that `count` chooses; `{count}` is filled in."""
        return self._translations.ngettext(one, many, count).format(count=count)

    def template(self, template: Template, count: int = 2) -> str:
        """The translation of a template with its parameters still in it; of a `Plural` the form for `count`."""
        if isinstance(template, Plural):
            return self._translations.ngettext(template.one, template.many, count)
        return self.gettext(template)

    def say(self, said: Sayable) -> str:
        """The words of a message or phrase. Never raises: an unknown code is shown as it is."""
        template = said.template if isinstance(said, Phrase) else self._phrasebook(said.code)
        if template is None:
            return self._unworded(said)
        count = said.parameters.get("count")
        text = self.template(template, count if isinstance(count, int) else 2)
        try:
            return _Words(self).vformat(text, (), dict(said.parameters))
        except (KeyError, ValueError, IndexError, TypeError, OverflowError):
            return self._unworded(said)

    def time(self, at: datetime | str) -> str:
        """A moment in the reader's zone, to the minute, with the zone's short name."""
        try:
            local = _moment(at).astimezone(self.time_zone)
        except OverflowError:
            return str(at)
        return f"{self.date(local)} {local:%H:%M} {local:%Z}"

    def date(self, at: datetime | str) -> str:
        """A day as `28 Nov 2026`; in French `28 nov. 2026`, and `1er nov. 2026`."""
        try:
            local = _moment(at).astimezone(self.time_zone)
        except OverflowError:
            return str(at)
        day = "1er" if local.day == 1 and self.code == "fr" else str(local.day)
        return f"{day} {self.gettext(_MONTHS[local.month - 1])} {local.year}"

    def duration(self, seconds: float) -> str:
        """A length of time in its two largest useful units: `84 ms`, `2.1 s`, `3 h 20 min`, `9 days`."""
        if seconds < 0:
            return "-" + self.duration(-seconds)
        if seconds < 1:
            return f"{seconds * 1000:.0f} ms"
        if seconds < 60:
            return self._decimal(f"{seconds:.1f} s".replace(".0 s", " s"))
        if seconds < 3600:
            return f"{seconds / 60:.0f} min"
        if seconds < 86400:
            hours, rest = divmod(round(seconds / 60), 60)
            return f"{hours} h {rest:02} min" if rest else f"{hours} h"
        days = round(seconds / 86400)
        return self.ngettext("{count} day", "{count} days", days)

    def _unworded(self, said: Sayable) -> str:
        code = said.code if isinstance(said, Message) else str(said.template)
        parameters = ", ".join(f"{k}={self._plain(v)}" for k, v in said.parameters.items())
        return f"{code} ({parameters})" if parameters else code

    def _decimal(self, number: str) -> str:
        return number.replace(".", ",") if self.code == "fr" else number

    def _plain(self, value: Any) -> str:
        if isinstance(value, Message | Phrase):
            return self.say(value)
        if isinstance(value, bool):
            return self.gettext("yes") if value else self.gettext("no")
        if value is None:
            return self.gettext("none")
        if isinstance(value, float):
            return self._decimal(str(value))
        if isinstance(value, str | int):
            return str(value)
        return ", ".join(self._plain(each) for each in value)


_MONTHS = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)


def _moment(at: datetime | str) -> datetime:
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class _Words(string.Formatter):
    """str.format with the reader's formats and without attribute or index access."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        if not field_name.isidentifier():
            raise KeyError(field_name)
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        language = self._language
        match format_spec:
            case "date":
                return language.date(value)
            case "time":
                return language.time(value)
            case "duration":
                return language.duration(float(value))
            case "" | "list":
                return language._plain(value)
        raise ValueError(format_spec)

    def convert_field(self, value: Any, conversion: Any) -> Any:
        if conversion is not None:
            raise ValueError("conversions are not for messages")
        return value

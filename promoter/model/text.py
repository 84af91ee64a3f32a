"""Texts a user writes: in one language or in several."""

from collections.abc import Mapping

from promoter.frozen import frozen
from promoter.messages import Language


@frozen
class Text:
    """A user's text; `forms` maps a language code to words, and `""` to words for everyone."""

    forms: Mapping[str, str]

    def in_language(self, language: Language | str) -> str:
        """The words for a language; failing that for everyone, in English, in French, or any."""
        code = language if isinstance(language, str) else language.code
        for candidate in (code, "", "en", "fr", *self.forms):
            if candidate in self.forms:
                return self.forms[candidate]
        return ""

    def __bool__(self) -> bool:
        return any(self.forms.values())


def plain(words: str) -> Text:
    """A text that is the same for everyone."""
    return Text({"": words})

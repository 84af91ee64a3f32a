"""Every code that any room makes has words, and no code has two meanings."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping

import promoter
from promoter.checks import registry
from promoter.messages import Template
from promoter.trail.message_shape import CODE
from promoter.usecases.language import phrasebook


def _books() -> Iterator[tuple[str, Mapping[str, Template]]]:
    for module in pkgutil.walk_packages(promoter.__path__, "promoter."):
        if module.name.startswith(("promoter.tui", "promoter.__main__")):
            continue
        phrases = getattr(importlib.import_module(module.name), "PHRASES", None)
        if phrases is not None:
            yield module.name, phrases


def test_every_code_of_every_room_has_its_words_in_the_phrasebook() -> None:
    missing = {
        (room, code)
        for room, phrases in _books()
        for code, words in phrases.items()
        if phrasebook(code) != words
    }
    assert set() == missing


def test_every_reason_and_fact_of_every_kind_has_its_words_in_the_phrasebook() -> None:
    kinds = [registry.kind(name) for name in registry.names()]
    missing = {code for kind in kinds for code, words in kind.phrases.items() if phrasebook(code) != words}
    assert set() == missing
    assert {"certificate", "credentials", "https"} <= {kind.name for kind in kinds}


def test_every_code_can_be_kept_on_the_trail() -> None:
    kinds = [registry.kind(name) for name in registry.names()]
    codes = {code for _, phrases in _books() for code in phrases} | {
        code for kind in kinds for code in kind.phrases
    }
    assert not {code for code in codes if CODE.fullmatch(code) is None or len(code) > 100}
    assert any(code.startswith("same_as.") for code in codes)


def test_a_code_nobody_knows_has_no_words_and_is_no_error() -> None:
    assert phrasebook("never-heard-of") is None
    assert phrasebook("gone.never-heard-of") is None

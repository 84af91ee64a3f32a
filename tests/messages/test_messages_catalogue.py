"""The French catalogue: whole, in step with the source, and fit for the parameters it will be given."""

import ast
import contextlib
import importlib.util
import io
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from promoter.checks import registry
from promoter.messages import Language, Parameter, Phrase, Plural

_ROOT = Path(__file__).parents[2]
_FRENCH = _ROOT / "promoter/locale/fr/LC_MESSAGES/promoter.po"
_TEMPLATE = _ROOT / "promoter/locale/promoter.pot"
_SAMPLES: dict[str, Parameter] = {
    "": "x",
    "list": ("a", "b"),
    "duration": 61.5,
    "date": "2026-11-28T14:02:00Z",
    "time": "2026-11-28T14:02:00Z",
}
_MARKERS = frozenset({"_", "N_", "NP_", "gettext", "ngettext"})

Id = str | tuple[str, ...]


def _read(path: Path) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream, locale="fr")


@pytest.fixture(scope="module")
def french() -> Catalog:
    return _read(_FRENCH)


@pytest.fixture(scope="module")
def in_the_source(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What `make messages` would extract now."""
    written = re.search(r"^KEYWORDS := (.*)$", (_ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert written is not None
    found = tmp_path_factory.mktemp("extracted") / "promoter.pot"
    settings = f"-q extract -F pyproject.toml {written[1]} --omit-header -o".split()
    with contextlib.chdir(_ROOT):
        CommandLineInterface().run(["pybabel", *settings, str(found), "."])  # type: ignore[no-untyped-call]
    return _read(found)


def _messages(catalogue: Catalog) -> list[Message]:
    return [each for each in catalogue if each.id]


def _ids(catalogue: Catalog) -> set[Id]:
    return {each.id if isinstance(each.id, str) else tuple(each.id) for each in _messages(catalogue)}


def _forms(message: Message) -> Iterator[tuple[str, str]]:
    """Every English form with the French one that stands for it."""
    if isinstance(message.id, str):
        assert isinstance(message.string, str)
        yield message.id, message.string
    else:
        assert isinstance(message.string, tuple)
        yield from zip(message.id, message.string, strict=True)


def _pieces(template: str) -> list[tuple[str, str, str]]:
    """The parameters of a template, each with its format and its conversion."""
    parsed = string.Formatter().parse(template)
    return sorted((name, spec or "", how or "") for _, name, spec, how in parsed if name is not None)


def test_the_template_of_catalogues_has_what_the_source_has(in_the_source: Catalog) -> None:
    assert _ids(in_the_source) == _ids(_read(_TEMPLATE)), "run make messages"


def test_the_french_catalogue_has_what_the_source_has(french: Catalog, in_the_source: Catalog) -> None:
    assert _ids(in_the_source) == _ids(french), "run make messages, then translate what is new"


def test_every_message_is_translated(french: Catalog) -> None:
    assert [each.id for each in _messages(french) if not all(words for _, words in _forms(each))] == []


def test_no_translation_is_doubtful_or_left_over(french: Catalog) -> None:
    assert [each.id for each in _messages(french) if each.fuzzy] == []
    assert list(french.obsolete) == []


def test_a_translation_takes_the_parameters_of_its_english_in_the_same_formats(french: Catalog) -> None:
    different = [
        (english, words)
        for each in _messages(french)
        for english, words in _forms(each)
        if _pieces(english) != _pieces(words)
    ]
    assert different == []


def test_every_translation_can_be_filled_in(french: Catalog) -> None:
    language = Language("fr")
    unfilled = []
    for each in _messages(french):
        pieces = [piece for english, _ in _forms(each) for piece in _pieces(english)]
        if any(conversion for _, _, conversion in pieces):
            continue  # click's own sentences, which click fills in
        if any(english.startswith("promoter ") for english, _ in _forms(each)):
            continue  # examples, which nobody fills in
        values: dict[str, Parameter] = {name: _SAMPLES[spec] for name, spec, _ in pieces}
        template = each.id if isinstance(each.id, str) else Plural(*each.id)
        for count in (0, 1, 2):
            filled = values | {"count": count} if "count" in values else values
            said = language.say(Phrase(template, filled))
            unfilled += [said for name in values if f"{{{name}" in said]
    assert unfilled == []


def test_french_is_set_as_french_is_printed(french: Catalog) -> None:
    straight = re.compile(r"[^\W\d_]'[\w{]")
    breakable = re.compile(r" [;!?»]| :(?!:)|« |\u202f")
    badly_set = [
        words
        for each in _messages(french)
        for _, words in _forms(each)
        if straight.search(words) or breakable.search(words)
    ]
    assert badly_set == []


def test_no_marked_text_escapes_extraction(french: Catalog) -> None:
    """Babel does not look into f-strings before Python 3.12."""
    known = {form for each in _ids(french) for form in ([each] if isinstance(each, str) else each)}
    missed = [
        (path.name, text.value)
        for path in sorted((_ROOT / "promoter").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and _called(call) in _MARKERS
        for text in call.args
        if isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value not in known
    ]
    assert missed == []


def _called(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


@pytest.mark.parametrize("name", registry.names())
def test_a_kind_is_described_in_french(name: str) -> None:
    language, kind = Language("fr"), registry.kind(name)
    texts = [kind.docstring, *(each.description for each in kind.fields)]
    assert [each for each in texts if language.gettext(each) == each] == []


def test_the_catalogue_is_compiled(french: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, french)
    assert compiled.getvalue() == _FRENCH.with_suffix(".mo").read_bytes(), "run python hatch_build.py"


def test_the_build_compiles_every_catalogue(tmp_path: Path) -> None:
    target = tmp_path / "promoter/locale/fr/LC_MESSAGES/promoter.po"
    target.parent.mkdir(parents=True)
    target.write_bytes(_FRENCH.read_bytes())
    spec = importlib.util.spec_from_file_location("hatch_build", _ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    assert [target.with_suffix(".mo")] == build.compile_catalogues(tmp_path)
    assert _FRENCH.with_suffix(".mo").read_bytes() == target.with_suffix(".mo").read_bytes()

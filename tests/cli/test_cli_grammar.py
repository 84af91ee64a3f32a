"""Finding the verb and its options: before it and after it, mistyped, in either language."""

import os
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.cli.click_words import WORDS
from promoter.cli.request import mapping
from promoter.cli.verbs import VERBS
from promoter.messages import Plural
from tests.support.command_line import promoter


def test_options_may_stand_before_the_verb_and_after_it(shop: Path) -> None:
    before = promoter("-C", shop, "--json", "status")
    after = promoter("status", "-C", shop, "--json")
    assert (before.code, before.document["schema"]) == (0, "promoter/status/1")
    assert before.document["promotion"] == after.document["promotion"]


def test_options_given_many_times_add_up() -> None:
    said = promoter(
        "--connect-to", "nonsense", "try", "https", "url=https://a.example", "--connect-to", "a:1:b:2"
    )
    assert (said.code, "nonsense is not HOST:PORT:ADDRESS:PORT" in said.err) == (2, True)


@pytest.mark.parametrize(
    "given", ["a:443:b", ":1:b:2", "a:0:b:2", "a:1:b:70000", "a:1::2", "a:x:b:2", "a:¹:b:2"]
)
def test_a_mapping_that_is_none_is_a_usage_error(given: str) -> None:
    said = promoter("try", "https", "url=https://a.example", "--connect-to", given)
    assert (said.code, said.out) == (2, "")


@given(
    st.from_regex(r"[a-z0-9][a-z0-9.-]{0,20}", fullmatch=True),
    st.integers(1, 65535),
    st.ip_addresses(),
    st.integers(1, 65535),
)
def test_any_host_and_address_make_a_mapping(
    host: str, port: int, address: IPv4Address | IPv6Address, target: int
) -> None:
    reached = f"[{address}]:{target}" if address.version == 6 else f"{address}:{target}"
    assert mapping(f"{host.upper()}:{port}:{reached}") == (f"{host}:{port}", reached)


def test_a_mistyped_verb_is_answered_with_the_one_that_was_meant() -> None:
    said = promoter("stauts")
    assert said.code == 2
    assert (
        said.err
        == "error: No such command 'stauts'. Did you mean 'status'?\nremedy: 'promoter --help' shows how\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["verify", "--fulll"], "No such option '--fulll'. Did you mean '--full'?"),
        (["sign"], "Missing argument 'ITEM'."),
        (["open", "staging-to-preprod"], "Missing option '--release'."),
        (["roster", "show", "b"], "Got unexpected extra argument (b)"),
        (["roster", "drop"], "'drop' is not one of 'show', 'diff', 'apply', 'allowed-signers'."),
        (["sign", "x", "-m"], "Option '-m' requires an argument."),
        (["status", "--gate=yes"], "Option '--gate' does not take a value."),
        (["--lang", "de", "status"], "'de' is not one of 'en', 'fr'."),
    ],
)
def test_a_wrong_command_line_exits_2_and_names_the_help(arguments: list[str], words: str) -> None:
    said = promoter(*arguments)
    assert said.code == 2
    assert words in said.err
    verb = f" {arguments[0]}" if arguments[0] in VERBS else ""
    assert f"remedy: 'promoter{verb} --help' shows how\n" in said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sign", "x", "--field", "kept"], "kept is not NAME=VALUE"),
        (["try", "https", "url"], "url is not FIELD=VALUE"),
        (["try", "https", "=url"], "=url is not FIELD=VALUE"),
    ],
)
def test_what_should_be_a_pair_and_is_none_is_answered_with_an_example(
    arguments: list[str], words: str
) -> None:
    said = promoter(*arguments)
    assert (said.code, words in said.err, "\nremedy: " in said.err) == (2, True, True)


def test_with_json_a_wrong_command_line_is_one_object_too() -> None:
    said = promoter("status", "--json", "--gatee")
    assert (said.document["schema"], said.document["exit_code"]) == ("promoter/error/1", 2)
    assert said.err == ""


def test_without_a_verb_and_without_a_terminal_it_names_a_verb_instead_of_hanging() -> None:
    said = promoter()
    assert (said.code, said.out) == (2, "")
    assert "promoter status" in said.err


def test_every_verb_has_help_with_examples_that_start_with_it() -> None:
    for verb in VERBS:
        said = promoter(verb, "--help")
        assert said.code == 0
        assert f"Usage: promoter {verb} [OPTIONS]" in said.out
        assert f"\n  promoter {verb}" in said.out.partition("Examples:")[2], verb


def test_help_lists_the_verbs_in_the_order_of_the_day() -> None:
    lines = promoter("--help").out.partition("Verbs:\n")[2].partition("\n\n")[0].splitlines()
    listed = [line.split()[0] for line in lines if not line.startswith("   ")]
    assert list(VERBS) == listed


def test_click_still_says_what_the_catalogue_has_for_it() -> None:
    import click

    source = "".join(each.read_text() for each in Path(click.__file__).parent.glob("*.py")).replace(
        "\\n\\t", "\n\t"
    )
    for words in WORDS:
        for form in [words.one, words.many] if isinstance(words, Plural) else [words]:
            assert f'"{form}"' in source


def test_the_language_of_gettext_is_put_back_afterwards() -> None:
    promoter("--lang", "fr", "--version")
    assert "LANGUAGE" not in os.environ

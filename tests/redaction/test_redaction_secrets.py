"""Known secrets are masked in whatever form they leave the program."""

import base64
import html
import json
import re
import time
from collections.abc import Callable
from itertools import product
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.redaction import MASK, Redactor, Secret

secrets = st.text(st.characters(codec="utf-8", exclude_characters="*"), min_size=8, max_size=24)
around = st.text(st.characters(codec="utf-8"), max_size=12)


@given(secrets, around, around)
def test_a_secret_is_masked_wherever_it_stands(secret: str, before: str, after: str) -> None:
    scrubbed = Redactor([Secret(secret)]).scrub(before + secret + after)
    assert secret not in scrubbed
    assert MASK in scrubbed


@given(secrets)
def test_a_secret_is_masked_in_an_address(secret: str) -> None:
    scrub = Redactor([Secret(secret)]).scrub
    assert f"/{MASK}/" == scrub(f"/{quote(secret)}/")
    assert f"/{MASK}/" == scrub(f"/{quote(secret, safe='')}/")
    assert f"?a={MASK}&b=1" == scrub(f"?a={quote_plus(secret)}&b=1")
    assert f"client_secret={MASK}" == scrub(urlencode({"client_secret": secret}))


@given(secrets, st.booleans())
def test_a_secret_is_masked_in_json(secret: str, ascii_only: bool) -> None:
    written = json.dumps({"": secret}, ensure_ascii=ascii_only)
    assert f'{{"": "{MASK}"}}' == Redactor([Secret(secret)]).scrub(written)


@given(secrets, st.binary(max_size=12), st.binary(max_size=12), st.booleans())
def test_a_secret_is_masked_in_base64_at_any_offset(
    secret: str, before: bytes, after: bytes, url_safe: bool
) -> None:
    raw = secret.encode()
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    encoded = encode(before + raw + after).decode()
    first, last = -(-len(before) * 8 // 6), (len(before) + len(raw)) * 8 // 6
    assert encoded[first:last] not in Redactor([Secret(secret)]).scrub(encoded)


def test_basic_authentication_gives_nothing_away() -> None:
    header = base64.b64encode(b"client-id:s3cr3t-of-preprod").decode()
    before, after = Redactor([Secret("s3cr3t-of-preprod")]).scrub(header).split(MASK)
    assert base64.b64decode(before[: len(before) // 4 * 4]) == b"client-id"
    assert len(after) <= 4


def test_a_secret_that_holds_another_is_masked_whole() -> None:
    assert f"{MASK} {MASK}" == Redactor([Secret("abcd"), Secret("abcdefgh")]).scrub("abcdefgh abcd")


@pytest.mark.parametrize("short", ["", "a", "abc"])
def test_what_is_too_short_to_be_a_secret_masks_nothing(short: str) -> None:
    assert Redactor([Secret(short)]).scrub("abc a b") == "abc a b"


def test_a_secret_that_is_not_unicode_is_masked_too() -> None:
    """What the process environment holds may be any bytes."""
    assert f"is {MASK}" == Redactor([Secret("\udcff\udcfesecret")]).scrub("is \udcff\udcfesecret")


def test_a_secret_shows_itself_nowhere_but_where_it_is_revealed() -> None:
    secret = Secret("s3cr3t")
    assert [repr(secret), str(secret), f"{secret}", "%s" % secret] == [MASK] * 4  # noqa: UP031 - one of the ways
    assert secret.reveal() == "s3cr3t"
    assert Secret("s3cr3t") == secret
    assert len({secret, Secret("s3cr3t")}) == 1
    assert not Secret("")
    assert Secret("other") != secret


def _for_html(secret: str) -> str:
    written = json.dumps(secret)[1:-1]
    for each in "<>&'":
        written = written.replace(each, f"\\u{ord(each):04x}")
    return written


ENCODINGS: dict[str, Callable[[str], str]] = {
    "hexadecimal": lambda secret: secret.encode().hex(),
    "upper-case hexadecimal": lambda secret: secret.encode().hex().upper(),
    "percent, lower case": lambda secret: re.sub(
        "%..", lambda found: found[0].lower(), quote(secret, safe="")
    ),
    "percent, every byte": lambda secret: "".join(f"%{each:02x}" for each in secret.encode()),
    "json for html": _for_html,
    "json with slashes": lambda secret: json.dumps(secret)[1:-1].replace("/", "\\/"),
    "html": html.escape,
    "html, numbered": lambda secret: "".join(
        f"&#{ord(each)};" if each in "<>&\"'" else each for each in secret
    ),
    "repr": lambda secret: repr(secret)[1:-1],
    "repr of bytes": lambda secret: repr(secret.encode())[2:-1],
}


@pytest.mark.parametrize("name", ENCODINGS)
@given(
    secret=st.text(
        st.characters(codec="ascii", exclude_characters="*", categories=("L", "N", "P", "S")),
        min_size=8,
        max_size=24,
    )
)
def test_a_secret_is_masked_in_every_encoding(name: str, secret: str) -> None:
    assert f"({MASK})" == Redactor([Secret(secret)]).scrub(f"({ENCODINGS[name](secret)})")


@given(
    st.text(
        st.characters(codec="ascii", exclude_characters="*\\", categories=("L", "N", "P", "S")),
        min_size=8,
        max_size=24,
    ),
    st.lists(st.sampled_from(["", "\n", "\r\n", "\n    ", "\\\n", "\t"]), min_size=24, max_size=24),
)
def test_a_secret_is_masked_however_its_lines_are_broken(secret: str, breaks: list[str]) -> None:
    broken = "".join(char + between for char, between in zip(secret[:-1], breaks, strict=False)) + secret[-1]
    assert f"({MASK})" == Redactor([Secret(secret)]).scrub(f"({broken})")


@given(
    st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=8, max_size=40),
    st.sampled_from(["\n> ", "\r\n> > ", "\n# ", "\n| ", "\n * ", "\n  // ", "\n-- ", "=\n", "=\r\n"]),
    st.integers(1, 12),
)
def test_a_secret_is_masked_where_each_line_is_quoted_or_commented(
    secret: str, margin: str, width: int
) -> None:
    lines = [secret[at : at + width] for at in range(0, len(secret), width)]
    assert f"({MASK})" == Redactor([Secret(secret)]).scrub(f"({margin.join(lines)})")


@given(st.binary(min_size=60, max_size=120))
def test_base64_in_lines_is_masked(raw: bytes) -> None:
    secret = raw.hex()
    wrapped = base64.encodebytes(secret.encode()).decode()
    left = Redactor([Secret(secret)]).scrub(wrapped)
    assert len(left.replace("\n", "").replace(MASK, "")) <= 4


@given(secrets, st.text(st.characters(codec="ascii", exclude_characters="*"), max_size=200))
def test_a_text_without_the_secret_stays_as_it_is(secret: str, text: str) -> None:
    redactor = Redactor([Secret("\u2603" + secret)])
    assert redactor.scrub(text) == text


def test_a_short_secret_is_not_found_across_words() -> None:
    assert Redactor([Secret("test")]).scrub("the st ate st") == "the st ate st"


_unlike = (
    st.text("ABCDEFGHJKLMN+/=%&\\ <>\"'é€😀", min_size=4, max_size=30)
    .map(str.strip)
    .filter(lambda secret: len("".join(secret.split())) >= 4)
)


def _every_character(secret: str) -> str:
    units = secret.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02X}" for at in range(0, len(units), 2))


ESCAPES: dict[str, Callable[[str], str]] = {
    "nothing": str,
    "percent": lambda text: quote(text, safe=""),
    "percent, every byte": lambda text: "".join(f"%{each:02x}" for each in text.encode()),
    "form": quote_plus,
    "json": lambda text: json.dumps(text)[1:-1],
    "json, every character": _every_character,
    "html": html.escape,
    "html, every character": lambda text: "".join(f"&#x{ord(each):X};" for each in text),
    "repr": lambda text: repr(text)[1:-1],
    "ascii": lambda text: ascii(text)[1:-1],
    "repr of bytes": lambda text: repr(text.encode())[2:-1],
    "lines": "\r\n\t".join,
    "continued lines": "\\\n  ".join,
}


@pytest.mark.parametrize(
    ("outer", "inner"),
    [each for each in product(ESCAPES, ESCAPES) if not all("lines" in name for name in each)],
)
@settings(max_examples=8, deadline=None)
@given(secret=_unlike)
def test_a_secret_is_masked_in_one_escape_inside_another(outer: str, inner: str, secret: str) -> None:
    scrubbed = Redactor([Secret(secret)]).scrub(f"(..{ESCAPES[outer](ESCAPES[inner](secret))}..)")
    assert f"(..{MASK}..)" == scrubbed


@given(_unlike, st.data())
def test_no_run_of_a_secret_s_characters_is_left_wherever_a_line_ends(
    secret: str, data: st.DataObject
) -> None:
    written = data.draw(st.sampled_from([ESCAPES[each](secret) for each in ESCAPES]))
    at = data.draw(st.integers(1, len(written) - 1))
    broken = written[:at] + data.draw(st.sampled_from(["\n", "\r\n", "\n\t  "])) + written[at:]
    assert f"({MASK})" == Redactor([Secret(secret)]).scrub(f"({broken})")


def test_secrets_that_overlap_are_masked_to_the_end() -> None:
    assert f"<{MASK}>" == Redactor([Secret("abcdef"), Secret("defghi")]).scrub("<abcdefghi>")
    assert f"<{MASK}>" == Redactor([Secret("aaaa")]).scrub("<aaaaaaa>")


def test_base64_gives_no_bit_of_a_secret_away() -> None:
    encoded = base64.b64encode(b"x" + b"s3cr3t-of-prep0d" + b"y").decode()
    assert f"e{MASK}5" == Redactor([Secret("s3cr3t-of-prep0d")]).scrub(encoded)


@given(st.text(max_size=300))
def test_a_text_with_every_sort_of_escape_but_no_secret_stays_as_it_is(text: str) -> None:
    tokens = "\\¹%41\\u0041&lt;\\\n\r\n  +%"
    assert Redactor([Secret("\u2603no such thing")]).scrub(tokens + text) == tokens + text


def test_a_long_text_full_of_escapes_takes_no_time_to_speak_of() -> None:
    secrets = [Secret(f"secret-number-{number:02}-of-twenty") for number in range(20)]
    for hostile in (
        "\\" * 65536,
        " " * 65536,
        "\n \\" * 20000,
        "%41" * 20000,
        "&" * 65536,
        "\\u0041%5c" * 6000,
    ):
        started = time.perf_counter()
        assert hostile == Redactor(secrets).scrub(hostile)
        assert time.perf_counter() - started < 5


@pytest.mark.parametrize("name", [each for each in ESCAPES if "lines" not in each])
@settings(max_examples=30, deadline=None)
@given(secret=_unlike, data=st.data())
def test_of_a_secret_that_was_cut_off_nothing_is_left(name: str, secret: str, data: st.DataObject) -> None:
    written = ESCAPES[name](secret)
    left = data.draw(st.integers(1, len(written) - 1))
    scrubbed = Redactor([Secret(secret)]).scrub(f"(..{written[:left]}…")
    whole = max(
        count for count in range(len(secret)) if written[:left].startswith(ESCAPES[name](secret[:count]))
    )
    assert scrubbed == f"(..{MASK}…" or len("".join(secret[:whole].split())) < 4


def test_a_word_that_a_secret_begins_with_stays_in_a_short_text() -> None:
    assert Redactor([Secret("preprod-s3cr3t")]).scrub("runs in preprod") == "runs in preprod"


def test_a_secret_in_hexadecimal_is_masked_in_capitals_too() -> None:
    redactor = Redactor([Secret("7b1e6f04c2a94d33a1f0")])
    assert redactor.scrub("key 7B1E6F04C2A94D33A1F0.") == "key ***."


@pytest.mark.parametrize(
    "unseen", ["\b", "\u200b", "\u200d", "\u00ad", "\ufeff", "\u202e", "\x00", "\x7f", " \u2060"]
)
def test_what_nobody_sees_between_its_letters_hides_no_secret(unseen: str) -> None:
    secret = "Tr0ub4dor&3-horse"
    redactor = Redactor([Secret(secret)])
    assert redactor.scrub(f"before {secret[:5]}{unseen}{secret[5:]} after") == "before *** after"
    assert redactor.scrub(f"a {unseen.join(secret)} b") == "a *** b"


@given(st.text(st.sampled_from("abcXYZ019-_&"), min_size=8, max_size=30), st.booleans(), st.data())
def test_a_secret_in_other_letters_is_one(secret: str, all_of_it: bool, data: st.DataObject) -> None:
    swapped = "".join(each.swapcase() if all_of_it or data.draw(st.booleans()) else each for each in secret)
    assert Redactor([Secret(secret)]).scrub(f"<{swapped}>") == "<***>"


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_a_secret_in_wide_characters_as_hexadecimal_is_masked(order: str) -> None:
    wide = "hunter2hunter2".encode(order).hex()
    redactor = Redactor([Secret("hunter2hunter2")])
    assert redactor.scrub(f"<{wide}> <{wide.upper()}>") == "<***> <***>"


def test_a_short_secret_is_itself_and_no_other_case_of_it() -> None:
    assert Redactor([Secret("Test")]).scrub("a test, a TEST, a Test") == "a test, a TEST, a ***"

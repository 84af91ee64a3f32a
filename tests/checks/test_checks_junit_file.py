import contextlib
import string
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.checks.junit_file import Contradiction, NotJunit, State, read_junit
from promoter.checks.junit_results import names_it, tokens
from tests.support.junit_files import GO, GOOGLETEST, GRADLE, JEST, PHPUNIT, PYTEST, SUREFIRE

P, F, E, S = State.PASSED, State.FAILED, State.ERRORED, State.SKIPPED


@pytest.mark.parametrize(
    ("text", "states", "stamps"),
    [
        (PYTEST, [P, P, S], 1),
        (JEST, [F, P], 1),
        (SUREFIRE, [P, P], 0),
        (GRADLE, [P, S], 1),
        (GO, [P, P], 1),
        (PHPUNIT, [P, P, E], 0),
        (GOOGLETEST, [P, S], 1),
    ],
)
def test_every_dialect_is_counted_and_contradicts_itself_nowhere(
    text: str, states: list[State], stamps: int
) -> None:
    read = read_junit(text.encode())
    assert [each.state for each in read.cases] == states
    assert read.contradictions == ()
    assert len(read.stamps) == stamps


def test_a_test_that_passed_when_tried_again_is_flaky() -> None:
    assert [(each.name, each.flaky) for each in read_junit(SUREFIRE.encode()).cases] == [
        ("fr.editeur.WebhookIT::accepts", False),
        ("fr.editeur.WebhookIT::timesOut", True),
    ]


def test_a_case_is_found_under_all_suites_around_it_its_class_and_its_file() -> None:
    last = read_junit(PHPUNIT.encode()).cases[-1]
    assert last.places == (
        "phpunit.xml",
        "Integration",
        "App\\Tests\\CreationMarcheTest",
        "App\\Tests\\CreationMarcheTest::testLots",
        "App.Tests.CreationMarcheTest",
        "testLots with data set #1",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<testsuite tests="2"><testcase name="a"/></testsuite>', [("tests", 2, 1)]),
        ('<testsuite tests="1"><testcase name="a"/><testcase name="b"/></testsuite>', [("tests", 1, 2)]),
        ('<testsuite tests="1" failures="1"><testcase name="a"/></testsuite>', [("failures", 1, 0)]),
        ('<testsuite errors="1"><testcase name="a"/></testsuite>', [("failures", 1, 0)]),
        ('<testsuite failures="0"><testcase><failure/></testcase></testsuite>', [("failures", 0, 1)]),
        ('<testsuite tests="1"><testcase/><testcase><skipped/></testcase></testsuite>', []),
        ('<testsuite tests="0"><testsuite tests="1"><testcase/></testsuite></testsuite>', []),
        ('<testsuite tests="-1" failures="many" errors="1e3"><testcase/></testsuite>', []),
    ],
)
def test_what_attributes_claim_is_held_against_what_is_there(
    text: str, expected: list[tuple[str, int, int]]
) -> None:
    found = read_junit(text.encode()).contradictions
    assert found == tuple(Contradiction("", *each) for each in expected)


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ('<testcase name="a"><system-out>x</system-out></testcase>', [P]),
        ('<testcase name="a"><failure/><skipped/></testcase>', [F]),
        ('<testcase name="a"><failure/><error/></testcase>', [E]),
        ('<testcase name="a"><rerunFailure/><failure/></testcase>', [F]),
        ('<testcase name="a" status="failed"/>', [F]),
        ('<testcase name="a" status="run" result="suppressed"/>', [S]),
        ('<testcase name="a"><system-err><failure/></system-err></testcase>', [P]),
        ('<testcase name="a"><testcase name="b"><failure/></testcase></testcase>', [F]),
        ('<testcase name="a"><testsuite><testcase/></testsuite></testcase>', [P]),
        ('<error message="no class found"/>', [E]),
        ('<ns:testcase xmlns:ns="urn:x" name="a"><ns:failure/></ns:testcase>', [F]),
        ("", []),
    ],
)
def test_what_became_of_a_case_is_the_gravest_that_is_said(inside: str, expected: list[State]) -> None:
    read = read_junit(f"<testsuites><testsuite>{inside}</testsuite></testsuites>".encode())
    assert [each.state for each in read.cases] == expected


BOMB = "<!DOCTYPE t [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {y} '{f'&{x};' * 10}'>" for x, y in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not-well-formed"),
        (b"ok", "not-well-formed"),
        (b"<testsuite>", "not-well-formed"),
        (b"<testsuite/><testsuite/>", "not-well-formed"),
        (b"<testsuite>&nbsp;</testsuite>", "not-well-formed"),
        (b'<?xml version="1.0" encoding="no-such-code"?><testsuite/>', "not-well-formed"),
        (b"<html><body/></html>", "not-results"),
        (b"<assemblies/>", "not-results"),
        (b"<!DOCTYPE testsuite><testsuite/>", "document-type"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><testsuite/>', "document-type"),
        (
            b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><testsuite>&e;</testsuite>',
            "document-type",
        ),
        (f"{BOMB}]><testsuite>&i;</testsuite>".encode(), "document-type"),
        (b"<testsuite>" * 65 + b"</testsuite>" * 65, "too-deep"),
        (b"<testsuite>" * 100_000, "too-deep"),
        (b"<testsuite>" + b"<testcase/>" * 100_001 + b"</testsuite>", "too-many-cases"),
    ],
)
def test_what_is_no_harmless_junit_xml_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(NotJunit) as raised:
        read_junit(raw)
    assert raised.value.why.code == code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_the_encoding_that_is_declared_is_used(encoding: str) -> None:
    declared = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    text = f'<?xml version="1.0" encoding="{declared}"?><testsuite><testcase name="créé"/></testsuite>'
    assert read_junit(text.encode(encoding)).cases[0].name == "créé"


@given(st.binary(max_size=300) | st.text(string.printable, max_size=300).map(str.encode))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    for each in (raw, b"<testsuite>" + raw + b"</testsuite>", b"<testsuite " + raw + b"/>"):
        with contextlib.suppress(NotJunit):
            read_junit(each)


TREES = st.recursive(
    st.sampled_from(["", "<failure/>", "<error/>", "<skipped/>", "<system-out>x</system-out>"]).map(
        lambda inside: (f"<testcase>{inside}</testcase>", [inside])
    ),
    lambda inner: st.lists(inner, max_size=4).map(
        lambda parts: (
            f"<testsuite>{''.join(text for text, _ in parts)}</testsuite>",
            [each for _, found in parts for each in found],
        )
    ),
)


@given(TREES)
def test_cases_are_counted_however_suites_are_nested(tree: tuple[str, list[str]]) -> None:
    text, cases = tree
    expected = {"<failure/>": F, "<error/>": E, "<skipped/>": S}
    read = read_junit(f"<testsuites>{text}</testsuites>".encode())
    assert [each.state for each in read.cases] == [expected.get(each, P) for each in cases]
    assert read.contradictions == ()


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))
)
def test_names_survive_reading(name: str) -> None:
    read = read_junit(f"<testsuite><testcase name={quoteattr(name)}/></testsuite>".encode())
    assert read.cases[0].name == name.strip()[:300]


@pytest.mark.parametrize(
    ("wanted", "place", "expected"),
    [
        ("creation_marche", "tests.integration.test_creation_marche.TestAllotie", True),
        ("creation_marche", "TestCreationMarché", True),
        ("creation_marche", "fr.editeur.creationmarche.IT", True),
        ("creation_marche", "Création d'un marché", False),
        ("webhook", "tests/test_webhook.py", True),
        ("webhook", "WebhookIT", True),
        ("webhook", "test_webhooks", False),
        ("erreurs", "test_erreurs[429]", True),
        ("timeouts", "TestTimeOuts", True),
        ("timeouts", "test_timeout", False),
        ("candidature", "candidatures", False),
        ("erreurs", "terreurs", False),
        ("!!", "anything", False),
    ],
)
def test_names_are_found_as_whole_words_however_they_are_joined(
    wanted: str, place: str, expected: bool
) -> None:
    assert (bool(tokens(wanted)) and names_it(tokens(wanted), tokens(place))) is expected


@given(st.lists(st.sampled_from(["alpha", "beta", "gamma"]), min_size=1, max_size=4), st.data())
def test_a_name_is_found_in_whatever_it_is_a_part_of(parts: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(parts) - 1))
    wanted = parts[start : data.draw(st.integers(start + 1, len(parts)))]
    for joined in (
        "_".join(parts),
        "-".join(parts),
        " ".join(parts),
        "".join(each.title() for each in parts),
    ):
        assert names_it(tokens("_".join(wanted)), tokens(f"x.{joined}::y"))
    assert not names_it(tokens("delta"), tokens("_".join(parts)))

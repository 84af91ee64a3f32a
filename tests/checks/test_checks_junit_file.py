import contextlib
import string
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.checks.junit_file import JunitFile, NotJunit, read_junit
from promoter.checks.junit_results import names_it, tokens
from promoter.checks.junit_states import State
from promoter.checks.junit_suites import Contradiction
from tests.support.junit_files import GO, GOOGLETEST, GRADLE, JEST, PHPUNIT, PYTEST, SUREFIRE

P, F, E, S, U = State.PASSED, State.FAILED, State.ERRORED, State.SKIPPED, State.UNKNOWN


def contradictions(read: JunitFile) -> list[Contradiction]:
    return [*read.oddities.hiding, *read.oddities.missing, *read.oddities.differing]


def states(read: JunitFile) -> list[State]:
    return [each.state for each in read.cases]


@pytest.mark.parametrize(
    ("text", "expected", "stamps"),
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
    text: str, expected: list[State], stamps: int
) -> None:
    read = read_junit(text.encode())
    assert states(read) == expected
    assert contradictions(read) == []
    assert read.stamps.count == stamps
    assert read.stamps.unreadable == []
    assert read.oddities.no_numbers == []


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
        ('<testsuite skipped="1"><testcase/></testsuite>', [("skipped", 1, 0)]),
        ('<testsuite skipped="0"><testcase><skipped/></testcase></testsuite>', []),
        ('<testsuite failure="1"><testcase/></testsuite>', [("failures", 1, 0)]),
        ('<testsuite failures="0" failed="1"><testcase/></testsuite>', [("failures", 1, 0)]),
        ('<testsuite error="2"><testcase/></testsuite>', [("failures", 2, 0)]),
        ('<testsuite error="no"><testcase/></testsuite>', []),
        ('<testsuite aborted="1"><testcase/></testsuite>', [("aborted", 1, 0)]),
        ('<testsuite aborted="1"><testcase status="aborted"/></testsuite>', []),
        ('<testsuite disabled="1"><testcase/></testsuite>', [("skipped", 1, 0)]),
        ('<testsuite skipped="1" disabled="1"><testcase><skipped/></testcase></testsuite>', []),
        ('<x:TestSuite xmlns:x="urn:x" FAILURES="1"><x:TestCase/></x:TestSuite>', [("failures", 1, 0)]),
    ],
)
def test_what_attributes_claim_is_held_against_what_is_there(
    text: str, expected: list[tuple[str, int, int]]
) -> None:
    found = contradictions(read_junit(text.encode()))
    assert found == [Contradiction("", *each) for each in expected]


@pytest.mark.parametrize("attribute", ["tests", "failures", "errors", "skipped"])
@pytest.mark.parametrize("written", ["3.0", "two", "-1", "1e3", "", "0x1", "9" * 20, "٣"])
def test_a_count_that_is_no_number_is_kept_as_it_is_written(attribute: str, written: str) -> None:
    read = read_junit(f'<testsuite name="a" {attribute}="{written}"><testcase/></testsuite>'.encode())
    (found,) = read.oddities.no_numbers
    assert (found.suite, found.attribute, found.written) == ("a", attribute, written)


def test_what_contradicts_itself_late_in_a_large_file_is_not_overlooked() -> None:
    harmless = '<testsuite skipped="7"><testcase/></testsuite>' * 2000
    hiding = '<testsuite name="last" failures="1"><testcase/></testsuite>' * 30
    read = read_junit(f"<testsuites>{harmless}{hiding}</testsuites>".encode())
    assert (read.oddities.differing_count, read.oddities.missing_count) == (2000, 0)
    assert read.oddities.hiding_count == 30
    assert len(read.oddities.hiding) == len(read.oddities.differing) == 20
    assert read.oddities.hiding[0].suite == "last"


def test_of_any_number_of_timestamps_the_first_and_the_last_moment_are_kept() -> None:
    usual = '<testsuite timestamp="2026-11-20T10:00:00Z"/>' * 1500
    last = "".join(
        f'<testsuite timestamp="{each}"/>'
        for each in (
            *("2026-11-20T10:30:00+01:00", "2026-11-20T09:20:00-01:00", "2026-11-20T08:00:00"),
            *("2026-11-20T07:00:00", "yesterday", "0001-01-01T00:00:00Z"),
        )
    )
    stamps = read_junit(f"<testsuites>{usual}{last}</testsuites>".encode()).stamps
    assert [each.written for each in stamps.zoned] == [
        "2026-11-20T10:30:00+01:00",
        "2026-11-20T09:20:00-01:00",
    ]
    assert [each.written for each in stamps.bare] == ["2026-11-20T07:00:00", "2026-11-20T08:00:00"]
    assert (stamps.unreadable, stamps.unreadable_count) == (["yesterday", "0001-01-01T00:00:00Z"], 2)
    assert stamps.count == 1506


def test_the_timestamp_of_a_case_counts_too() -> None:
    raw = b'<testsuite timestamp="2026-11-20T10:00:00Z"><testcase timestamp="2026-11-01T10:00:00Z"/></testsuite>'
    assert read_junit(raw).stamps.zoned[0].written == "2026-11-01T10:00:00Z"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<testsuite tests="2" skipped="2"><testcase/><testcase/></testsuite>', 2),
        ('<testsuite tests="4" skipped="2"><testcase/><testcase/></testsuite>', 0),
        ('<testsuite tests="2" skipped="1"><testcase/><testcase><skipped/></testcase></testsuite>', 0),
        ('<testsuites skipped="1"><testsuite skipped="1"><testcase/></testsuite></testsuites>', 1),
    ],
)
def test_cases_that_were_skipped_by_the_count_alone_are_counted(text: str, expected: int) -> None:
    assert read_junit(text.encode()).hidden_skips == expected


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
        ('<testcase status="aborted"/>', [U]),
        ('<testcase status="timeout"/>', [U]),
        ('<testcase result="inconclusive"/>', [U]),
        ('<testcase status="passed" outcome="who knows"/>', [U]),
        ('<testcase status=" Passed "/>', [P]),
        ('<testcase status="NOT_RUN"/>', [S]),
        ('<testcase result="xfail"/>', [S]),
        ('<testcase result="xpass"/>', [U]),
        ('<testcase status="Passed" result="completed" outcome="NotExecuted"/>', [S]),
        ('<testcase executed="false"/>', [S]),
        ('<testcase success="False"/>', [F]),
        ("<testcase><aborted/></testcase>", [U]),
        ("<testcase><skipped/><timeout/></testcase>", [U]),
        ("<testcase><timeout/><failure/></testcase>", [F]),
        ("<testcase><pending/></testcase>", [S]),
        ("<testcase><passed/></testcase>", [P]),
        ("<testcase><properties><property/></properties><attachments/></testcase>", [P]),
        ("<testcase><rerunError/></testcase>", [F]),
        ("<testcase><FAILURE/></testcase>", [F]),
        ("<TESTCASE><Error/></TESTCASE>", [E]),
        ('<testcase><properties><property name="result" value="Failed"/></properties></testcase>', [U]),
        ('<testcase><properties><property name="status" value="draft"/></properties></testcase>', [P]),
        ('<x:testcase xmlns:x="urn:x"><x:Failure/></x:testcase>', [F]),
        ('<testcase x:status="failed" xmlns:x="urn:x"/>', [F]),
        ("<testcase><properties><failure/></properties></testcase>", [F]),
        ('<testcase><testcase status="failed"/></testcase>', [F]),
        ("<crashed/>", [U]),
        ("<test-case/>", [U]),
        ('<testsuite status="aborted"><testcase/></testsuite>', [P, U]),
        ('<testsuite result="failed"><testcase/></testsuite>', [P, F]),
        ('<testsuite result="failed"><testcase><failure/></testcase></testsuite>', [F]),
        ('<testsuite result="passed"><testcase/></testsuite>', [P]),
        ('<error message="no class found"/>', [E]),
        ('<ns:testcase xmlns:ns="urn:x" name="a"><ns:failure/></ns:testcase>', [F]),
        ("", []),
    ],
)
def test_what_became_of_a_case_is_the_gravest_that_is_said(inside: str, expected: list[State]) -> None:
    read = read_junit(f"<testsuites><testsuite>{inside}</testsuite></testsuites>".encode())
    assert states(read) == expected


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ('<testcase status="Aborted "/>', 'status="Aborted"'),
        ("<testcase><TimedOut/></testcase>", "<timedout>"),
        ("<crashed/>", "<crashed>"),
    ],
)
def test_what_is_not_understood_of_a_case_is_kept(inside: str, said: str) -> None:
    assert [each.said for each in read_junit(f"<testsuite>{inside}</testsuite>".encode()).cases] == [said]


BOMB = "<!DOCTYPE t [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {y} '{f'&{x};' * 10}'>" for x, y in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "nothing-in-it"),
        (b" \n", "nothing-in-it"),
        (b"ok", "not-well-formed"),
        (b"<testsuite>", "cut-short"),
        (b"<testsuite><testcase name='a", "cut-short"),
        (b"<testsuite><![CDATA[ a", "cut-short"),
        (b"<testsuite><testcase></testsuite>", "ends-amiss"),
        (b"<testsuite>\x1b</testsuite>", "not-well-formed"),
        (b"<testsuite/><testsuite/>", "more-than-one"),
        (b"<testsuite>&nbsp;</testsuite>", "not-well-formed"),
        (b'<?xml version="1.0" encoding="no-such-code"?><testsuite/>', "encoding-unusable"),
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
        (b"<testsuites>" + b"<testsuite/>" * 100_000 + b"</testsuites>", "too-many-suites"),
    ],
)
def test_what_is_no_harmless_junit_xml_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(NotJunit) as raised:
        read_junit(raw)
    assert raised.value.why.code == code


@pytest.mark.soak
def test_a_file_of_elements_without_end_is_given_up() -> None:
    with pytest.raises(NotJunit) as raised:
        read_junit(b"<testsuite><system-out>" + b"<a/>" * 2_000_000 + b"</system-out></testsuite>")
    assert raised.value.why.code == "too-many-elements"


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
    assert states(read) == [expected.get(each, P) for each in cases]
    assert contradictions(read) == []


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

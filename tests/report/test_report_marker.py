from hypothesis import given
from hypothesis import strategies as st

from promoter.report.marker import Marker, digest_of, marked, marker_of, written_by_promoter

MARKER = Marker("01JD", "9f8e", "2026-11-22T12:00:00Z", "fr", "0.1.0")


def test_a_report_is_known_by_its_first_line() -> None:
    text = marked(MARKER, "# Report\n")
    assert marker_of(text) == MARKER
    assert written_by_promoter(text)
    assert text.startswith("<!-- promoter report promotion=01JD ")


def test_a_report_someone_edited_is_no_longer_as_promoter_wrote_it() -> None:
    text = marked(MARKER, "# Report\n") + "My notes.\n"
    assert marker_of(text) == MARKER
    assert not written_by_promoter(text)


def test_other_files_are_not_reports() -> None:
    for text in (
        "",
        "# Report\n",
        "<!-- promoter report -->\n",
        "\n" + marked(MARKER, "x"),
        marked(MARKER, "x")[1:],
    ):
        assert marker_of(text) is None
        assert not written_by_promoter(text)


@given(st.text(), st.text(), st.text())
def test_no_name_can_leave_the_comment(promotion: str, tip: str, body: str) -> None:
    text = marked(Marker(promotion, tip, "2026", "en", "1"), body.encode(errors="replace").decode())
    first = text.partition("\n")[0]
    assert first.index("-->") == len(first) - 3
    assert written_by_promoter(text)
    if promotion.isprintable() and tip.isprintable():
        assert marker_of(text) == Marker(promotion, tip, "2026", "en", "1")


def test_the_digest_is_that_of_the_bytes() -> None:
    assert digest_of("") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

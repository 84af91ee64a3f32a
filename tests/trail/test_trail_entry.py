import json
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any, get_args, get_origin, get_type_hints

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.errors import UsageError
from promoter.messages import Language, Message
from promoter.model.entry import (
    Commented,
    Content,
    Entry,
    EntryType,
    EvidenceItem,
    ItemBinding,
    Pinned,
    Rejected,
    Reserved,
    SignedOff,
)
from promoter.model.outcome import Verdict
from promoter.model.release import Release
from promoter.trail import contents
from promoter.trail.canonical import canonical
from promoter.trail.commit_message import commit_message
from promoter.trail.entry import (
    ENTRY_AT_MOST,
    PHRASES,
    EntryUnreadable,
    blob_path,
    entry_bytes,
    entry_path,
    is_blob_path,
    is_entry_path,
    promotion_at,
    promotion_directory,
    read_entry,
)
from promoter.trail.entry_schema import entry_schema
from promoter.trail.ulid import made_at, new_ulid
from tests.support.git_repositories import Signer
from tests.support.trail_entries import AT, MOMENT, digest_of, genesis, of_promotion, sign_off

LINK = EvidenceItem(link="https://ci.example.org/1")
letters = st.characters(codec="utf-8")
lines = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=20)
digests = st.binary(max_size=4).map(digest_of)
oids = st.text("0123456789abcdef", min_size=40, max_size=40) | st.text(
    "0123456789abcdef", min_size=64, max_size=64
)
moments = st.integers(1_600_000_000, 4_000_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))
utc_texts = moments.map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"))
ulids = moments.map(new_ulid)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(letters, max_size=10)
)
codes = st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8}(-[a-z]{1,8})?)?", fullmatch=True)
messages: st.SearchStrategy[Message] = st.deferred(
    lambda: st.builds(Message, codes, st.dictionaries(lines, parameters, max_size=2))
)
parameters: st.SearchStrategy[Any] = st.deferred(
    lambda: scalars | messages | st.lists(scalars, max_size=2).map(tuple)
)

SPECIAL: dict[str, st.SearchStrategy[Any]] = {
    "digest": digests,
    "item_digest": digests,
    "replaces": digests,
    "commit": st.none() | oids,
    "tree": st.none() | oids,
    "tip": oids,
    "since": oids,
    "source_commit": st.none() | oids,
    "source_blob": st.none() | oids,
    "at": utc_texts,
    "as_of": utc_texts,
    "until": utc_texts,
    "begins": utc_texts,
    "format": st.integers(1, 9),
    "entries": st.integers(0, 10**6),
    "took_s": st.floats(0, 1e6),
    "expected": parameters,
    "observed": parameters,
    "language": st.sampled_from(["en", "fr"]),
    "fact": messages,
}


def values_of(kind: Any, name: str = "", owner: type | None = None) -> st.SearchStrategy[Any]:
    if owner is EvidenceItem and name == "digest":
        return st.none() | digests
    if name == "media_type":
        return st.none() | st.sampled_from(["application/pdf", "text/plain"])
    if owner is EvidenceItem and name == "size":
        return st.none() | st.integers(0, 2**50)
    if name == "roster" and kind is str:
        return ulids
    if name in SPECIAL:
        return SPECIAL[name]
    if kind is Message:
        return messages
    if kind is str:
        return lines
    if kind is bool:
        return st.booleans()
    if kind is datetime:
        return moments
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(
            kind, **{each.name: values_of(hints[each.name], each.name, kind) for each in fields(kind)}
        )
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        return st.lists(values_of(inner[0]), max_size=2).map(tuple)
    if origin is not None and "Mapping" in str(origin):
        return st.dictionaries(lines, st.text(letters, max_size=20), max_size=2)
    if type(None) in inner:
        return st.none() | values_of(next(each for each in inner if each is not type(None)))
    return st.sampled_from(list(kind))


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    kind = draw(st.sampled_from(EntryType))
    known, _ = contents.content_of(kind)
    content = draw(st.just(Reserved({"reason": draw(lines)})) if known is Reserved else values_of(known))
    subject = draw(values_of(contents_subject()))
    subject = replace(
        subject,
        promotion=draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,30}", fullmatch=True)),
        checklist_digest=draw(digests),
    )
    return Entry(
        id=draw(ulids),
        trail=draw(st.from_regex(r"[0-9a-f]{32}", fullmatch=True)),
        pipeline=draw(lines),
        type=kind,
        actor=draw(values_of(get_type_hints(Entry)["actor"])),
        at=draw(utc_texts),
        content=content,
        refers_to=tuple(draw(st.lists(ulids, max_size=2))),
        subject=None if kind.of_trail else subject,
        item=ItemBinding(draw(lines), draw(digests))
        if kind in contents.ITEM_REQUIRED or (contents.item_possible(kind) and draw(st.booleans()))
        else None,
    )


def contents_subject() -> type:
    subject: type = get_args(get_type_hints(Entry)["subject"])[0]
    return subject


VALIDATOR = jsonschema.Draft202012Validator(entry_schema())


@settings(max_examples=80)
@given(entries())
def test_every_entry_written_reads_back_equal_and_satisfies_the_published_schema(entry: Entry) -> None:
    written = entry_bytes(entry)
    assert entry == read_entry(written, entry_path(entry))
    VALIDATOR.validate(json.loads(written))


@settings(max_examples=300)
@given(
    st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_no_bytes_make_the_reader_raise_anything_but_its_own_error(data: bytes) -> None:
    with pytest.raises(EntryUnreadable):
        read_entry(data, "r/x.json")


json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100)
@given(entries(), st.data())
def test_an_entry_with_any_field_replaced_reads_back_as_written_or_is_refused(
    entry: Entry, data: st.DataObject
) -> None:
    document = json.loads(entry_bytes(entry))
    at: Any = document
    while True:
        key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        inner = at[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            at[key] = data.draw(json_values)
            break
        at = inner
    changed = canonical(document)
    try:
        read = read_entry(changed, entry_path(entry))
    except EntryUnreadable:
        return
    assert changed.replace(b".0,", b",") == entry_bytes(read).replace(b".0,", b",")
    VALIDATOR.validate(document)


@pytest.mark.parametrize(
    "data", [b"[" * 500_000, b"{", b"\xff\xfe", b'{"a": NaN}\n', b'"\\ud800"\n', b"1" * 5000, b'{"a":1e999}']
)
def test_bytes_that_are_no_json_are_malformed(data: bytes) -> None:
    with pytest.raises(EntryUnreadable) as caught:
        read_entry(data, "r/x.json")
    assert (caught.value.why.code, caught.value.newer) == ("malformed-entry", False)


def altered(entry: Entry, **changes: Any) -> bytes:
    return canonical(json.loads(entry_bytes(entry)) | changes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"schema": "promoter/entry/3"}, "written-by-newer"),
        ({"schema": "promoter/entry/2"}, "malformed-entry"),
        ({"type": "teleported"}, "written-by-newer"),
        ({"schema": "promoter/entry/x"}, "malformed-entry"),
        ({"type": 7}, "malformed-entry"),
        ({"extra": 1}, "malformed-entry"),
        ({"at": "2026-13-40T00:00:00Z"}, "malformed-entry"),
        ({"at": "2026-11-22T12:00:00+01:00"}, "malformed-entry"),
        ({"id": "01JD"}, "malformed-entry"),
        ({"promotion": None}, "malformed-entry"),
        ({"item": None}, "malformed-entry"),
    ],
)
def test_what_a_newer_version_may_understand_is_told_from_what_nobody_can(
    alice: Signer, changes: dict[str, Any], code: str
) -> None:
    entry = sign_off(alice)
    with pytest.raises(EntryUnreadable) as caught:
        read_entry(altered(entry, **changes), entry_path(entry))
    assert code == caught.value.why.code


def with_file(person: Signer, **facts: Any) -> Entry:
    piece = EvidenceItem(file="plan.pdf", digest=digest_of(b"plan"), size=4, **facts)
    return of_promotion(person, EntryType.SIGNED_OFF, SignedOff(evidence=(piece,)), item="webhook")


def test_what_an_older_program_can_read_is_written_as_it_wrote_it(alice: Signer) -> None:
    no = of_promotion(alice, EntryType.REJECTED, Rejected("no"), item="webhook")
    remark = of_promotion(alice, EntryType.COMMENTED, Commented("seen"))
    for old in (sign_off(alice), with_file(alice, stored=True), genesis(alice), no, remark):
        document = json.loads(entry_bytes(old))
        assert document["schema"] == "promoter/entry/1"
        assert "media_type" not in json.dumps(document)
        assert old == read_entry(canonical(document), entry_path(old))
    assert json.loads(entry_bytes(no))["content"] == {"reason": "no"}
    assert json.loads(entry_bytes(remark))["content"] == {"comment": "seen"}


def test_what_it_could_not_read_has_a_newer_format_and_never_one_form_too_many(alice: Signer) -> None:
    new = with_file(alice, media_type="application/pdf")
    document = json.loads(entry_bytes(new))
    assert document["schema"] == "promoter/entry/2"
    for schema, told in (("promoter/entry/1", "application/pdf"), ("promoter/entry/2", None)):
        document["schema"] = schema
        document["content"]["evidence"][0]["media_type"] = told
        with pytest.raises(EntryUnreadable) as caught:
            read_entry(canonical(document), entry_path(new))
        assert caught.value.why.code == "malformed-entry"


@pytest.mark.parametrize("content", [Rejected("no", (LINK,)), Commented("seen", (LINK,))])
def test_evidence_with_a_rejection_or_a_comment_has_the_newer_format(alice: Signer, content: Content) -> None:
    kind = EntryType.REJECTED if isinstance(content, Rejected) else EntryType.COMMENTED
    new = of_promotion(alice, kind, content)
    document = json.loads(entry_bytes(new))
    assert document["schema"] == "promoter/entry/2"
    assert new == read_entry(entry_bytes(new), entry_path(new))
    document["content"]["evidence"] = []
    with pytest.raises(EntryUnreadable):
        read_entry(canonical(document), entry_path(new))


@pytest.mark.parametrize("told", ["", "pdf", "text/plain\x1b[2J", "text/<b>", "a/" + "b" * 99])
def test_a_media_type_that_is_none_cannot_be_recorded(alice: Signer, told: str) -> None:
    with pytest.raises(UsageError):
        entry_bytes(with_file(alice, media_type=told))


def test_a_second_form_of_the_same_entry_is_refused(alice: Signer) -> None:
    entry = sign_off(alice)
    compact = json.dumps(json.loads(entry_bytes(entry)), sort_keys=True).encode()
    twice = entry_bytes(entry).replace(b'  "at"', b'  "at": "2020-01-01T00:00:00Z",\n  "at"', 1)
    for data in (compact, twice, entry_bytes(entry) + b"\n", b"\xef\xbb\xbf" + entry_bytes(entry)):
        with pytest.raises(EntryUnreadable):
            read_entry(data, entry_path(entry))


@pytest.mark.parametrize(
    "wrong", ["r/{name}", "p/00/v1-preprod-a1b2c3/{name}", "p/{hash}/other/{name}", "{name}"]
)
def test_an_entry_that_lies_elsewhere_than_it_says_is_refused(alice: Signer, wrong: str) -> None:
    entry = sign_off(alice)
    name = entry_path(entry).rpartition("/")[2]
    place = wrong.format(name=name, hash=promotion_directory("other")[2:4])
    with pytest.raises(EntryUnreadable) as caught:
        read_entry(entry_bytes(entry), place)
    assert Message("entry-wrong-path", {"expected": entry_path(entry)}) == caught.value.why


def test_a_comment_that_is_too_long_is_refused_where_it_is_written(alice: Signer) -> None:
    with pytest.raises(UsageError) as caught:
        entry_bytes(sign_off(alice, comment="x" * 20_001))
    said = Language("en", phrasebook=PHRASES.get).say(caught.value.wrong)
    assert said == "this cannot be recorded: content.comment: longer than 20000"


def test_a_lone_surrogate_and_an_entry_over_one_mebibyte_are_refused(alice: Signer) -> None:
    with pytest.raises(UsageError):
        entry_bytes(sign_off(alice, comment="\ud800"))
    big = SignedOff(fields={f"field {number}": "é" * 20_000 for number in range(60)})
    with pytest.raises(UsageError):
        entry_bytes(of_promotion(alice, EntryType.SIGNED_OFF, big, item="webhook"))
    with pytest.raises(EntryUnreadable):
        read_entry(b" " * (ENTRY_AT_MOST + 1), "r/x.json")


def test_what_a_terminal_would_obey_is_escaped_and_french_is_not(alice: Signer) -> None:
    comment = "déjà vérifié\x1b[2J\x9b\u202e\u2028\x7f"
    written = entry_bytes(sign_off(alice, comment=comment))
    assert "déjà vérifié\\u001b[2J\\u009b\\u202e\\u2028\\u007f".encode() in written
    assert {10} == {byte for byte in written if byte < 0x20}


def test_a_content_this_version_only_reserves_is_kept_as_it_is(alice: Signer) -> None:
    entry = of_promotion(
        alice, EntryType.DELEGATED, Reserved({"until": "2027", "nested": {"a": [1, None]}}), item="webhook"
    )
    assert entry == read_entry(entry_bytes(entry), entry_path(entry))


def test_paths_tell_what_may_lie_there(alice: Signer) -> None:
    path = entry_path(sign_off(alice))
    assert promotion_at(path) == "v1-preprod-a1b2c3"
    assert is_entry_path(path)
    assert is_entry_path(entry_path(genesis(alice)))
    assert promotion_at("p/zz/v1-preprod-a1b2c3/x") is None
    assert not is_entry_path("r/notes.txt")
    assert is_blob_path(blob_path(digest_of(b"x")))
    assert not is_blob_path("a/00/" + "f" * 64)
    with pytest.raises(ValueError, match="not a digest"):
        blob_path("sha256:../../x")


def test_ids_sort_by_the_moment_they_were_made() -> None:
    later = MOMENT.replace(hour=13)
    assert made_at(new_ulid(MOMENT)) == MOMENT
    assert new_ulid(MOMENT) < new_ulid(later)
    assert new_ulid(MOMENT) != new_ulid(MOMENT)
    with pytest.raises(ValueError, match="ULID"):
        made_at("nonsense")


def test_a_commit_message_reads_well_and_ends_in_trailers(alice: Signer) -> None:
    entry = sign_off(alice, comment="Tested on the\nstaging endpoint.")
    expected = (
        "sign-off: webhook — Alice Martin\n\n"
        "    Tested on the\n    staging endpoint.\n\n"
        f"Promoter-Entry: {entry.id}\nPromoter-Trail: {entry.trail}\n"
        "Promoter-Promotion: v1-preprod-a1b2c3\nPromoter-Item: webhook\n"
    )
    assert expected == commit_message(entry)


def test_a_comment_cannot_forge_a_trailer_a_subject_or_an_escape_sequence(alice: Signer) -> None:
    forged = replace(
        of_promotion(
            alice,
            EntryType.REJECTED,
            Rejected("no\n\nPromoter-Entry: 1\r\nPromoter-Item: x\x1b[31m"),
            item="a",
        ),
        item=ItemBinding("web\u202ehook", digest_of(b"")),
    )
    written = commit_message(forged)
    assert sum(line.startswith("Promoter-Entry:") for line in written.splitlines()) == 1
    assert "\x1b" not in written
    assert "\r" not in written
    assert "\u202e" not in written
    assert written.splitlines()[0] == "rejected: web<U+202E>hook — Alice Martin"


def test_the_schema_names_every_type_and_its_version() -> None:
    alternatives = entry_schema()["oneOf"]
    assert {each.value for each in EntryType} == {
        each["properties"]["type"]["const"] for each in alternatives
    }
    for each in alternatives:
        assert list(contents.SCHEMAS) == each["properties"]["schema"]["enum"]
    jsonschema.Draft202012Validator.check_schema(entry_schema())


def test_an_unbound_release_and_a_file_kept_out_are_written_as_null(alice: Signer) -> None:
    document = json.loads(entry_bytes(sign_off(alice)))
    assert document["promotion"]["release"] == {"name": "v1", "commit": None, "tree": None}
    assert document["at"] == AT
    assert Release("v1") == contents.release.read(document["promotion"]["release"], "release")
    assert Pinned("a", digest_of(b"")) == contents.pinned.read(
        contents.pinned.write(Pinned("a", digest_of(b""))), "x"
    )
    assert Verdict.ERRORED.value == "errored"

import contextlib
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import OCSPCertStatus
from hypothesis import given
from hypothesis import strategies as st

from promoter.messages import message
from promoter.net import crl, ocsp
from promoter.net.certificate import read_chain
from promoter.net.standing import Standing
from promoter.net.trouble import Trouble
from tests.support.authorities import (
    LIST_URL,
    OCSP_URL,
    Extensions,
    answer_for,
    list_of,
    scoped,
)
from tests.support.matrix_case import ROOT
from tests.support.revocable import (
    ANSWERED,
    LISTED,
    SOME_REASONS,
    UNHEARD_OF,
)
from tests.support.tls_servers import (
    DAY,
    NOW,
    Made,
)

LIST, ANSWER = list_of(ROOT, LISTED), answer_for(ANSWERED, ROOT)
CERTIFICATE = LISTED.certificate.public_bytes(Encoding.DER)
HOLD = x509.ReasonFlags.certificate_hold
REVOKED = OCSPCertStatus.REVOKED
POINT = crl.Point(LIST_URL, frozenset({x509.UniformResourceIdentifier(LIST_URL)}))


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """Some bytes of it changed, or cut off, or something else altogether."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=300))
    changed = bytearray(whole)
    for position in draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=4)):
        changed[position] = draw(st.integers(0, 255))
    return bytes(changed[: draw(st.integers(1, len(whole)))] if draw(st.booleans()) else changed)


def by_list(content: bytes) -> Standing:
    listed = crl.load(content, LIST_URL)
    crl.verify(listed, ROOT.certificate, LIST_URL)
    return crl.look_up(listed, LISTED.certificate, POINT, NOW)


def by_answer(content: bytes) -> Standing:
    return ocsp.judge(content, ANSWERED.certificate, ROOT.certificate, OCSP_URL, NOW)


@given(damaged(LIST))
def test_a_damaged_list_is_never_believed(content: bytes) -> None:
    with contextlib.suppress(Trouble):  # not all of it is signed: the signature's own wrapping is not
        assert by_list(content) == by_list(LIST)


@given(damaged(LIST))
def test_a_damaged_list_breaks_nothing_even_where_nobody_verifies_it(content: bytes) -> None:
    with contextlib.suppress(Trouble):
        crl.look_up(crl.load(content, LIST_URL), LISTED.certificate, POINT, NOW)


@given(damaged(CERTIFICATE))
def test_a_damaged_certificate_breaks_nothing(content: bytes) -> None:
    with contextlib.suppress(Trouble):
        read_chain((content,))


@given(damaged(ANSWER))
def test_a_damaged_ocsp_answer_is_never_believed(content: bytes) -> None:
    if content != ANSWER:
        with contextlib.suppress(Trouble):
            assert by_answer(content) == by_answer(
                ANSWER
            )  # what is not signed may differ: the outermost status


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A directory with an authority of openssl's, which has revoked one certificate."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl here")
    ROOT.write(tmp_path).rename(tmp_path / "ca.pem")
    ended = (NOW + 90 * DAY).strftime("%y%m%d%H%M%SZ")
    revoked = (NOW - 2 * DAY).strftime("%y%m%d%H%M%SZ")
    rows = (
        f"R\t{ended}\t{revoked},superseded\t{_serial(LISTED)}\tunknown\t/CN=localhost\n"
        f"V\t{ended}\t\t{_serial(ANSWERED)}\tunknown\t/CN=localhost\n"
    )
    (tmp_path / "index.txt").write_text(rows)
    (tmp_path / "index.txt.attr").write_text("unique_subject = no\n")
    (tmp_path / "ca.cnf").write_text("[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\ndefault_md=sha256\n")
    return tmp_path


def _serial(made: Made) -> str:
    written = f"{made.certificate.serial_number:X}"
    return written if len(written) % 2 == 0 else f"0{written}"


def test_the_list_of_another_implementation_is_understood(authority: Path) -> None:
    openssl(
        authority,
        *("ca", "-gencrl", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.pem"),
        *("-crldays", "2", "-out", "list.pem"),
    )
    listed = crl.load((authority / "list.pem").read_bytes(), LIST_URL)
    crl.verify(listed, ROOT.certificate, LIST_URL)
    found = crl.look_up(listed, LISTED.certificate, POINT, NOW)
    assert (found.revoked_at, found.why) == (NOW - 2 * DAY, "reason-superseded")
    assert crl.look_up(listed, ANSWERED.certificate, POINT, NOW).revoked_at is None


@pytest.mark.parametrize(("made", "why"), [(LISTED, "reason-superseded"), (ANSWERED, "")])
def test_the_responder_of_another_implementation_understands_and_is_understood(
    authority: Path, made: Made, why: str
) -> None:
    (authority / "request.der").write_bytes(ocsp.request_for(made.certificate, ROOT.certificate))
    openssl(
        authority,
        *("ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.pem"),
        *("-reqin", "request.der", "-respout", "answer.der", "-ndays", "1"),
    )
    found = ocsp.judge(
        (authority / "answer.der").read_bytes(), made.certificate, ROOT.certificate, OCSP_URL, NOW
    )
    assert why == found.why


def test_a_list_in_pem_is_as_good() -> None:
    pem = x509.load_der_x509_crl(LIST).public_bytes(Encoding.PEM)
    assert by_list(LIST) == by_list(b"\n" + pem)


@pytest.mark.parametrize(
    ("extensions", "why"),
    [
        (scoped(indirect=True), "list-indirect"),
        (scoped(reasons=SOME_REASONS), "list-of-some-reasons"),
        (scoped(authorities=True), "list-of-others"),
        (((x509.DeltaCRLIndicator(3), True),), "list-delta"),
        (UNHEARD_OF, "list-extended"),
    ],
)
def test_a_list_that_does_not_tell_says_why(extensions: Extensions, why: str) -> None:
    with pytest.raises(Trouble) as met:
        by_list(list_of(ROOT, LISTED, extensions=extensions))
    assert met.value.parameters["why"] == message(why)


def test_that_a_link_is_revoked_for_good_does_not_lapse() -> None:
    assert by_list(list_of(ROOT, LISTED, since=-3 * DAY, until=-DAY)).revoked_at == NOW - 2 * DAY
    stale = answer_for(ANSWERED, ROOT, REVOKED, since=-3 * DAY, until=-DAY)
    assert by_answer(stale).revoked_at == NOW - 2 * DAY


def test_what_a_later_answer_may_take_back_lapses() -> None:
    with pytest.raises(Trouble) as met:
        by_list(list_of(ROOT, LISTED, since=-3 * DAY, until=-DAY, reason=HOLD))
    assert met.value.code == "crl-outdated"
    with pytest.raises(Trouble) as met:
        by_answer(answer_for(ANSWERED, ROOT, REVOKED, since=-3 * DAY, until=-DAY, reason=HOLD))
    assert met.value.code == "ocsp-outdated"
    with pytest.raises(Trouble) as met:
        by_answer(answer_for(ANSWERED, ROOT, since=-3 * DAY, until=-DAY))
    assert met.value.code == "ocsp-outdated"


@pytest.mark.parametrize("digest", ["sha256", "sha512"])
@pytest.mark.parametrize(("row", "revoked"), [("R", True), ("V", False)])
def test_an_answer_with_a_pss_signature_is_understood(
    tmp_path: Path, digest: str, row: str, revoked: bool
) -> None:
    names = ("-subj", "/CN=An authority", "-days", "2")
    openssl(
        tmp_path,
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
        *names,
    )
    openssl(
        tmp_path,
        "req",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "a.key",
        "-out",
        "a.csr",
        "-subj",
        "/CN=a",
    )
    signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "0x51", "-days", "2")
    openssl(tmp_path, "x509", "-req", "-in", "a.csr", *signing, "-out", "a.pem")
    at = (NOW - 2 * DAY).strftime("%y%m%d%H%M%SZ") if revoked else ""
    ended = (NOW + 90 * DAY).strftime("%y%m%d%H%M%SZ")
    (tmp_path / "index.txt").write_text(f"{row}\t{ended}\t{at}\t51\tunknown\t/CN=a\n")
    (tmp_path / "index.txt.attr").write_text("unique_subject = no\n")
    leaf, issuer = (
        x509.load_pem_x509_certificate((tmp_path / each).read_bytes()) for each in ("a.pem", "ca.pem")
    )
    (tmp_path / "request.der").write_bytes(ocsp.request_for(leaf, issuer))
    openssl(
        tmp_path,
        *("ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem", "-rkey", "ca.key"),
        *("-rmd", digest, "-rsigopt", "rsa_padding_mode:pss", "-rsigopt", "rsa_pss_saltlen:digest"),
        *("-reqin", "request.der", "-respout", "answer.der", "-ndays", "1"),
    )
    answer = (tmp_path / "answer.der").read_bytes()
    found = ocsp.judge(answer, leaf, issuer, OCSP_URL, NOW)
    assert (found.revoked_at is not None) is revoked
    with pytest.raises(Trouble):
        ocsp.judge(answer, leaf, ROOT.certificate, OCSP_URL, NOW)

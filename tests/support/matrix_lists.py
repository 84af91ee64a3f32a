"""Cases of the matrix that are about revocation lists: good ones, ones that name the certificate, and ones that
cannot be had or believed."""

from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.support.authorities import HOUR, LIST_URL, list_of, listed_at, scoped
from tests.support.matrix_case import ROOT, Case, bad, good, tls
from tests.support.revocable import (
    ANOTHER,
    BELOW_ED,
    BELOW_LISTED,
    BELOW_RSA,
    BELOW_SILENT,
    BOTH_LISTED,
    BULKY,
    ED_AUTHORITY,
    FRESHEST,
    INDIRECT,
    KINDS,
    LDAP,
    LISTED,
    LISTED_AUTHORITY,
    NAMESAKE,
    NOWHERE,
    OWN,
    PARTIAL,
    RSA_AUTHORITY,
    SEVERAL,
    SILENT_AUTHORITY,
    SOME_REASONS,
    STRANGER,
    UNHEARD_OF,
    authority,
    behind_proxy,
    endless,
    leaf,
    moved,
    published,
    trusting,
    unbelieved,
)
from tests.support.tls_servers import DAY, dripping, silence

LISTS: Sequence[Case] = (
    good("on no list", "good revocation", published(LISTED, list_of(ROOT)), kinds=KINDS),
    good(
        "on no list, and an answer is required",
        "good revocation",
        published(LISTED, list_of(ROOT, ANOTHER)),
        kinds=KINDS,
        revocation="required",
    ),
    good(
        "a list of authorities and one of servers",
        "good revocation",
        published(
            BOTH_LISTED,
            list_of(ROOT, extensions=scoped([LIST_URL], authorities=True)),
            below=list_of(LISTED_AUTHORITY, extensions=scoped(users=True)),
        ),
        kinds=KINDS,
        revocation="required",
    ),
    good(
        "a list in PEM",
        "good revocation",
        published(LISTED, x509.load_der_x509_crl(list_of(ROOT)).public_bytes(Encoding.PEM)),
        kinds=KINDS,
    ),
    good(
        "a list that has moved",
        "good revocation",
        published(LISTED, moved("/elsewhere"), elsewhere=list_of(ROOT)),
        kinds=KINDS,
    ),
    good(
        "a list at the third place named",
        "good revocation",
        published(SEVERAL, list_of(ROOT)),
        kinds=KINDS,
        revocation="required",
    ),
    good(
        "a list of RSA's",
        "good revocation",
        published(BELOW_RSA, list_of(RSA_AUTHORITY, ANOTHER)),
        kinds=KINDS,
    ),
    good("a list of Ed25519's", "good revocation", published(BELOW_ED, list_of(ED_AUTHORITY)), kinds=KINDS),
    good(
        "a list of megabytes",
        "good revocation",
        published(LISTED, list_of(ROOT, extensions=BULKY)),
        kinds=KINDS,
        revocation="required",
    ),
    good(
        "a list that names its place",
        "good revocation",
        published(LISTED, list_of(ROOT, extensions=scoped([LIST_URL], users=True))),
        kinds=KINDS,
        revocation="required",
    ),
    good(
        "a list, and where its changes would be",
        "good revocation",
        published(FRESHEST, list_of(ROOT)),
        kinds=KINDS,
        revocation="required",
    ),
    good(
        "a list through a proxy",
        "good revocation",
        behind_proxy(LISTED, list_of(ROOT)),
        kinds=KINDS,
        revocation="required",
    ),
    good(
        "a list of servers by a clock that is ahead",
        "good revocation",
        published(LISTED, list_of(ROOT, since=HOUR / 30)),
        kinds=KINDS,
        revocation="required",
    ),
    good(
        "a revoked intermediate that is trusted as it is",
        "good revocation",
        trusting(BELOW_LISTED, as_root=LISTED_AUTHORITY, crl=list_of(ROOT, LISTED_AUTHORITY)),
        kinds=KINDS,
    ),
    bad(
        "a certificate that is trusted as it is, and an answer is required",
        "revoked by CRL",
        trusting(LISTED, as_root=LISTED, crl=list_of(ROOT, LISTED)),
        certificate="errored revocation-issuer-missing",
        revocation="required",
    ),
    good(
        "a self-signed certificate that is trusted as it is",
        "good chain",
        trusting(OWN, as_root=OWN),
    ),
    good(
        "a self-signed certificate that is trusted as it is, and an answer is required",
        "good chain",
        trusting(OWN, as_root=OWN),
        kinds=KINDS,
        revocation="required",
    ),
    good("no source at all", "no revocation source", tls(leaf()), kinds=KINDS),
    good(
        "a list that nobody asks for",
        "revocation off",
        published(LISTED, list_of(ROOT, LISTED)),
        kinds=KINDS,
        revocation="off",
    ),
    bad(
        "on the list",
        "revoked by CRL",
        published(LISTED, list_of(ROOT, ANOTHER, LISTED)),
        certificate="failed revoked",
    ),
    bad(
        "on the list without a reason",
        "revoked by CRL",
        published(LISTED, list_of(ROOT, LISTED, reason=None)),
        certificate="failed revoked",
    ),
    bad(
        "on hold",
        "revoked by CRL",
        published(LISTED, list_of(ROOT, LISTED, reason=x509.ReasonFlags.certificate_hold)),
        certificate="failed revoked",
    ),
    bad(
        "on the list at the third place named",
        "revoked by CRL",
        published(SEVERAL, list_of(ROOT, SEVERAL)),
        certificate="failed revoked",
    ),
    bad(
        "an intermediate on the list",
        "revoked by CRL",
        published(BELOW_LISTED, list_of(ROOT, LISTED_AUTHORITY)),
        certificate="failed revoked",
    ),
    bad(
        "no source, and an answer is required",
        "no revocation source",
        tls(leaf()),
        certificate="errored revocation-unsourced",
        revocation="required",
    ),
    bad(
        "no source of the intermediate, and an answer is required",
        "no revocation source",
        published(leaf(listed_at(LIST_URL), issuer=(quiet := authority())), list_of(quiet)),
        certificate="errored revocation-unsourced",
        revocation="required",
    ),
)


BAD_LISTS: Sequence[Case] = (
    unbelieved(
        "a list out of date", published(LISTED, list_of(ROOT, since=-DAY, until=-HOUR)), "crl-outdated"
    ),
    unbelieved(
        "a list of tomorrow", published(LISTED, list_of(ROOT, since=DAY, until=2 * DAY)), "crl-premature"
    ),
    unbelieved(
        "a list signed by a namesake", published(LISTED, list_of(ROOT, signed_by=NAMESAKE)), "crl-untrusted"
    ),
    unbelieved("another authority's list", published(LISTED, list_of(STRANGER)), "crl-unusable"),
    unbelieved(
        "a list of an authority that may sign none",
        published(BELOW_SILENT, list_of(SILENT_AUTHORITY)),
        "crl-untrusted",
    ),
    unbelieved("a list that is gone", published(LISTED), "crl-unreachable"),
    unbelieved("a list that moves for ever", published(LISTED, moved(LIST_URL)), "crl-unreachable"),
    unbelieved(
        "a page instead of a list", published(LISTED, b"<html>Please log in</html>"), "crl-unreadable"
    ),
    unbelieved("an empty list", published(LISTED, b""), "crl-unreadable"),
    unbelieved("half a list", published(LISTED, list_of(ROOT)[:-20]), "crl-unreadable"),
    unbelieved("a huge list", published(LISTED, endless(17 << 20)), "crl-too-large"),
    unbelieved("a list that never comes", published(LISTED, silence), "crl-unreachable", timeout="4s"),
    unbelieved(
        "a list that drips",
        published(LISTED, dripping(b"HTTP/1.1 200 OK\r\nX: " + bytes(100))),
        "crl-unreachable",
        timeout="4s",
    ),
    unbelieved("a list at an address that is none", published(NOWHERE), "crl-unsupported"),
    unbelieved("a list in a directory only", published(LDAP), "crl-unsupported"),
    unbelieved("a list of some reasons, as named", published(PARTIAL, list_of(ROOT)), "crl-unusable"),
    unbelieved("a list of somebody else, as named", published(INDIRECT, list_of(ROOT)), "crl-unusable"),
    unbelieved(
        "a list of some reasons",
        published(LISTED, list_of(ROOT, extensions=scoped(reasons=SOME_REASONS))),
        "crl-unusable",
    ),
    unbelieved(
        "an indirect list", published(LISTED, list_of(ROOT, extensions=scoped(indirect=True))), "crl-unusable"
    ),
    unbelieved(
        "a list of authorities for a server",
        published(LISTED, list_of(ROOT, extensions=scoped(authorities=True))),
        "crl-unusable",
    ),
    unbelieved(
        "a list of servers for an authority",
        published(BOTH_LISTED, list_of(ROOT, extensions=scoped(users=True)), below=list_of(LISTED_AUTHORITY)),
        "crl-unusable",
    ),
    unbelieved(
        "a list of attributes",
        published(LISTED, list_of(ROOT, extensions=scoped(attributes=True))),
        "crl-unusable",
    ),
    unbelieved(
        "a list of another place",
        published(LISTED, list_of(ROOT, extensions=scoped(["http://crl.authority.test/other"]))),
        "crl-unusable",
    ),
    unbelieved(
        "a list of changes only",
        published(LISTED, list_of(ROOT, extensions=((x509.DeltaCRLIndicator(3), True),))),
        "crl-unusable",
    ),
    unbelieved(
        "a list to be understood otherwise",
        published(LISTED, list_of(ROOT, extensions=UNHEARD_OF)),
        "crl-unusable",
    ),
)

CASES: Sequence[Case] = (*LISTS, *BAD_LISTS)

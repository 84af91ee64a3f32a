"""Cases of the matrix that are about certificates: whom they name, who issued them, for how long."""

from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.support.matrix_case import ROOT, Case, Serve, bad, good, tls
from tests.support.tls_servers import DAY, Made, Wanted, make, signed_with_sha1

LEAF = make(Wanted(), ROOT)
MIDDLE = make(Wanted(name="Matrix Intermediate", authority=True), ROOT)
BELOW = make(Wanted(), MIDDLE)
STRANGER = make(Wanted(name="Somebody's Root", authority=True))
RSA_KEY = rsa.generate_private_key(65537, 2048)
RSA_ROOT = make(Wanted(name="RSA Intermediate", authority=True, key=RSA_KEY), ROOT)
HOST = "shop.matrix.test"
WEAK = rsa.generate_private_key(65537, 1024)  # noqa: S505 - that it is weak is the point
WEAKISH = rsa.generate_private_key(65537, 1536)  # noqa: S505 - as above
TEN_YEARS = 3650 * DAY


def for_names(*names: str, common_name: str = "a server", issuer: Made = ROOT) -> Made:
    """A certificate for these subject alternative names."""
    return make(Wanted(name=common_name, names=names), issuer)


def below(intermediate: Wanted) -> Made:
    """A server's certificate below an intermediate of this sort."""
    return make(Wanted(), make(intermediate, ROOT))


def named(host: str, *names: str, common_name: str = "a server") -> Serve:
    """A server reached by this host name, whose certificate is for these names."""
    return tls(for_names(*names, common_name=common_name), host=host)


def permitting(domain: str) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    """The extension of an authority that may vouch for this domain only."""
    return ((x509.NameConstraints([x509.DNSName(domain)], None), True),)


def constrained(domain: str, *names: str) -> Made:
    """A certificate for these names from an authority that may vouch for this domain only."""
    authority = make(Wanted(name="Constrained", authority=True, extensions=permitting(domain)), ROOT)
    return for_names(*names, issuer=authority)


def deep(links: int) -> Made:
    """A certificate with this many intermediates above it."""
    issuer = ROOT
    for number in range(links):
        issuer = make(Wanted(name=f"Intermediate {number}", authority=True), issuer)
    return make(Wanted(), issuer)


TWO_BELOW = deep(2)

NAMES: Sequence[Case] = (
    good(
        "a private root, and critical names as its makers mark them",
        "good names",
        tls(make(Wanted(critical_names=True), ROOT)),
    ),
    good("a wildcard for one label", "wildcard", named(HOST, "*.matrix.test")),
    good("names in another case", "good names", named("SHOP.Matrix.test", "Shop.MATRIX.Test")),
    good("an address among the names", "IP names", tls(for_names("127.0.0.1"), host="127.0.0.1")),
    good(
        "the name among a hundred",
        "good names",
        named(HOST, *(f"n{each}.matrix.test" for each in range(100)), HOST),
    ),
    good(
        "an internationalised name, as written",
        "IDN",
        named("bücher.matrix.test", "xn--bcher-kva.matrix.test"),
    ),
    good(
        "an internationalised name, in ASCII",
        "IDN",
        named("xn--bcher-kva.matrix.test", "xn--bcher-kva.matrix.test"),
    ),
    good("a wildcard over an internationalised name", "IDN", named("bücher.matrix.test", "*.matrix.test")),
    good(
        "a common name that says nothing, the right name beside it",
        "common name",
        named(HOST, HOST, common_name="Something"),
    ),
    bad("another host's certificate", "wrong host", named(HOST, "other.matrix.test"), "failed wrong-host"),
    bad("the parent domain's certificate", "wrong host", named(HOST, "matrix.test"), "failed wrong-host"),
    bad(
        "a name that begins alike",
        "wrong host",
        named(HOST, "shop.matrix.test.evil.test"),
        "failed wrong-host",
    ),
    bad(
        "a name with a NUL in it",
        "wrong host",
        named(HOST, "shop.matrix.test\0.evil.test"),
        "failed wrong-host",
    ),
    bad(
        "the common name only",
        "common name",
        named("localhost", common_name="localhost"),
        "failed common-name-only",
    ),
    bad(
        "the host in the common name, another among the names",
        "common name",
        named(HOST, "other.test", common_name=HOST),
        "failed wrong-host",
    ),
    bad(
        "a wildcard two labels up",
        "wildcard",
        named("a.shop.matrix.test", "*.matrix.test"),
        "failed wrong-host",
    ),
    bad(
        "a wildcard for the domain itself",
        "wildcard",
        named("matrix.test", "*.matrix.test"),
        "failed wrong-host",
    ),
    bad("a wildcard for everything", "wildcard", named("localhost", "*"), "failed wrong-host"),
    bad("a wildcard in the middle", "wildcard", named(HOST, "shop.*.test"), "failed wrong-host"),
    bad("two wildcards", "wildcard", named("a.b.matrix.test", "*.*.matrix.test"), "failed wrong-host"),
    bad(
        "an address as a host's name",
        "IP names",
        tls(for_names("localhost"), host="127.0.0.1"),
        "failed wrong-host",
    ),
    bad(
        "an address among the names of hosts",
        "IP names",
        tls(
            make(
                Wanted(
                    name="x",
                    names=(),
                    extensions=((x509.SubjectAlternativeName([x509.DNSName("127.0.0.1")]), False),),
                ),
                ROOT,
            ),
            host="127.0.0.1",
        ),
        "failed wrong-host",
    ),
    bad(
        "an address in the common name only",
        "IP names",
        tls(for_names(common_name="127.0.0.1"), host="127.0.0.1"),
        "failed common-name-only",
    ),
    bad("another address", "IP names", tls(for_names("127.0.0.2"), host="127.0.0.1"), "failed wrong-host"),
    bad(
        "a wildcard for an address",
        "IP names",
        tls(
            make(
                Wanted(
                    name="x",
                    names=(),
                    extensions=((x509.SubjectAlternativeName([x509.DNSName("*.0.0.1")]), False),),
                ),
                ROOT,
            ),
            host="127.0.0.1",
        ),
        "failed wrong-host",
    ),
    bad(
        "a name that looks like the internationalised one",
        "IDN",
        named("bücher.matrix.test", "xn--bcher-lva.matrix.test"),
        "failed wrong-host",
    ),
    bad(
        "an internationalised name without its accent",
        "IDN",
        named("bücher.matrix.test", "bucher.matrix.test"),
        "failed wrong-host",
    ),
)

CHAINS: Sequence[Case] = (
    good("a certificate right below the root", "good chain", tls(LEAF)),
    good("an intermediate that is sent", "good chain", tls(BELOW)),
    good("three intermediates", "good chain", tls(deep(3))),
    good("the root sent as well", "good chain", tls(BELOW, send=(MIDDLE.certificate, ROOT.certificate))),
    good(
        "the chain sent in disorder, with a stranger in it",
        "good chain",
        tls(BELOW, send=(STRANGER.certificate, MIDDLE.certificate)),
    ),
    good("constraints that allow the name", "good chain", tls(constrained("matrix.test", HOST), host=HOST)),
    good(
        "a path length that is kept",
        "good chain",
        tls(below(Wanted(name="Odd Intermediate", authority=True, path_length=0))),
    ),
    bad("self-signed", "self-signed", tls(make(Wanted())), "failed self-signed"),
    bad(
        "self-signed, and an authority",
        "self-signed",
        tls(
            make(
                Wanted(
                    authority=True,
                    extensions=((x509.SubjectAlternativeName([x509.DNSName("localhost")]), False),),
                )
            )
        ),
        "failed self-signed",
    ),
    bad(
        "a root nobody trusts, not sent",
        "untrusted",
        tls(make(Wanted(), STRANGER)),
        "failed incomplete-chain",
    ),
    bad(
        "a root nobody trusts, sent",
        "untrusted",
        tls(make(Wanted(), STRANGER), send=(STRANGER.certificate,)),
        "failed unknown-issuer",
    ),
    bad(
        "a root of the trusted one's name",
        "untrusted",
        tls(make(Wanted(), make(Wanted(name="Matrix Root", authority=True)))),
        "failed incomplete-chain",
    ),
    bad("the intermediate is not sent", "incomplete chain", tls(BELOW, send=()), "failed incomplete-chain"),
    bad(
        "the second of two intermediates is not sent",
        "incomplete chain",
        tls(TWO_BELOW, send=TWO_BELOW.above[:1]),
        "failed unknown-issuer",
    ),
    bad(
        "the intermediate is not sent, but published",
        "incomplete chain",
        tls(make(Wanted(issuer_url="http://ca.matrix.test/i.crt"), MIDDLE), send=()),
        "failed incomplete-chain",
    ),
    bad(
        "a stranger is sent instead of the intermediate",
        "incomplete chain",
        tls(BELOW, send=(STRANGER.certificate,)),
        "failed incomplete-chain",
    ),
    bad(
        "issued by another server's certificate",
        "not an authority",
        tls(make(Wanted(), make(Wanted(name="Not an authority"), ROOT))),
        "failed not-an-authority",
    ),
    bad(
        "an authority that may not sign certificates",
        "not an authority",
        tls(below(Wanted(name="Odd Intermediate", authority=True, may_sign=False))),
        "failed not-an-authority",
    ),
    bad(
        "a path that is too long",
        "not an authority",
        tls(
            make(
                Wanted(),
                make(
                    Wanted(name="Second", authority=True),
                    make(Wanted(name="First", authority=True, path_length=0), ROOT),
                ),
            )
        ),
        "failed not-an-authority",
    ),
    bad(
        "constraints that forbid the name",
        "name constraints",
        tls(constrained("other.test", HOST), host=HOST),
        "failed outside-name-constraints",
    ),
    bad(
        "a client's certificate",
        "wrong purpose",
        tls(make(Wanted(usage=ExtendedKeyUsageOID.CLIENT_AUTH), ROOT)),
        "failed wrong-purpose",
    ),
    bad(
        "a certificate for signing code",
        "wrong purpose",
        tls(make(Wanted(usage=ExtendedKeyUsageOID.CODE_SIGNING), ROOT)),
        "failed wrong-purpose",
    ),
    bad(
        "a critical extension that nobody knows",
        "not conforming",
        tls(
            make(
                Wanted(
                    extensions=(
                        (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00"), True),
                    )
                ),
                ROOT,
            )
        ),
        "failed untrusted",
    ),
)

TIMES: Sequence[Case] = (
    good(
        "valid for ten years",
        "good times",
        tls(
            make(
                Wanted(until=TEN_YEARS),
                make(Wanted(name="Old Intermediate", authority=True, until=TEN_YEARS), ROOT),
            )
        ),
    ),
    good("a month left", "good times", tls(make(Wanted(until=32 * DAY), ROOT))),
    good(
        "a week left, by short-lived habit",
        "good times",
        tls(make(Wanted(until=6 * DAY), ROOT)),
        kinds=("certificate",),
        min_days=2,
        warn_days=3,
    ),
    bad(
        "expired yesterday", "expired", tls(make(Wanted(since=-30 * DAY, until=-DAY), ROOT)), "failed expired"
    ),
    bad(
        "expired ten years ago",
        "expired",
        tls(make(Wanted(since=-2 * TEN_YEARS, until=-TEN_YEARS), ROOT)),
        "failed expired",
    ),
    bad(
        "below an expired intermediate",
        "expired",
        tls(below(Wanted(name="Odd Intermediate", authority=True, since=-30 * DAY, until=-DAY))),
        "failed expired",
    ),
    bad(
        "valid from tomorrow on", "not yet valid", tls(make(Wanted(since=DAY), ROOT)), "failed not-yet-valid"
    ),
    bad(
        "below an intermediate that is valid from tomorrow on",
        "not yet valid",
        tls(below(Wanted(name="Odd Intermediate", authority=True, since=DAY))),
        "failed not-yet-valid",
    ),
    bad(
        "expired, and another host's",
        "expired",
        tls(make(Wanted(names=("other.test",), since=-30 * DAY, until=-DAY), ROOT)),
        "failed wrong-host",
    ),
    bad(
        "twenty days left",
        "expiring",
        tls(make(Wanted(until=20 * DAY), ROOT)),
        certificate="warned expires-soon",
    ),
    bad(
        "three days left",
        "expiring",
        tls(make(Wanted(until=3 * DAY), ROOT)),
        certificate="failed expires-too-soon",
    ),
)

KEYS: Sequence[Case] = (
    good("RSA of 2048 bits", "good keys", tls(make(Wanted(key=RSA_KEY), ROOT))),
    good("P-384", "good keys", tls(make(Wanted(key=ec.generate_private_key(ec.SECP384R1())), ROOT))),
    good("Ed25519", "good keys", tls(make(Wanted(key=ed25519.Ed25519PrivateKey.generate()), ROOT))),
    good("signed with RSA", "good keys", tls(make(Wanted(), RSA_ROOT))),
    bad(
        "RSA of 1024 bits",
        "weak key",
        tls(make(Wanted(key=WEAK), ROOT)),
        "failed weak-key",
    ),
    bad(
        "RSA of 1536 bits",
        "weak key",
        tls(make(Wanted(key=WEAKISH), ROOT)),
        "failed weak-key",
    ),
    bad(
        "below an intermediate of 1024 bits",
        "weak key",
        tls(below(Wanted(name="Odd Intermediate", authority=True, key=WEAK))),
        "failed weak-key",
    ),
    bad(
        "below an intermediate signed with SHA-1",
        "weak signature",
        tls(
            make(
                Wanted(),
                signed_with_sha1(make(Wanted(name="SHA-1", authority=True, key=RSA_KEY), RSA_ROOT), RSA_ROOT),
            )
        ),
        "failed weak-signature",
    ),
    bad(
        "signed with SHA-1",
        "weak signature",
        tls(signed_with_sha1(make(Wanted(), RSA_ROOT), RSA_ROOT)),
        "failed weak-signature",
    ),
)
CASES: Sequence[Case] = (*NAMES, *CHAINS, *TIMES, *KEYS)

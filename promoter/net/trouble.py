"""What can go wrong on the way to an HTTPS answer, as rulings that every network kind shares."""

from collections.abc import Iterable, Mapping

from promoter.messages import N_, Parameter, Template, message
from promoter.model.outcome import Evidence, Verdict
from promoter.model.ruling import Ruling

PHRASES: Mapping[str, Template] = {
    "looking-up": N_("looking up {host}"),
    "connecting": N_("connecting to {address}"),
    "asking-proxy": N_("asking the proxy {proxy} for a tunnel"),
    "shaking-hands": N_("shaking hands over TLS with {address}"),
    "awaiting-answer": N_("waiting for the answer of {address}"),
    "reading-answer": N_("reading the answer of {address}"),
    "closed": N_("it closed the connection"),
    "not-pem": N_("it is not a file of PEM certificates"),
    "key-not-given": N_("`client_key` is missing"),
    "certificate-not-given": N_("`client_certificate` is missing"),
    "key-not-pem": N_("its key is not a private key in PEM"),
    "key-encrypted": N_("its key is encrypted"),
    "key-of-another": N_("its key belongs to another certificate"),
    "not-usable-over-tls": N_("TLS cannot use it ({detail})"),
}

RULINGS: Mapping[str, Ruling] = {
    "not-https": Ruling(
        Verdict.FAILED, N_("{url} is not an https URL"), N_("Use an https URL: plain http protects nothing.")
    ),
    "name-unknown": Ruling(
        Verdict.FAILED,
        N_("no address is known for {host}"),
        N_("Check the spelling of {host}, then publish its address in the DNS."),
    ),
    "name-not-resolved": Ruling(
        Verdict.ERRORED,
        N_("{host} could not be looked up: {detail}"),
        N_("Check this machine's network and name servers, then run the check again."),
    ),
    "no-such-address": Ruling(
        Verdict.FAILED,
        N_("{host} has no {family} address"),
        N_("Publish an {family} address of {host} in the DNS, or do not ask for one in `addresses`."),
    ),
    "refused": Ruling(
        Verdict.FAILED,
        N_("{address} refused the connection"),
        N_("Start the service behind {address}, or open its port."),
    ),
    "unreachable": Ruling(
        Verdict.ERRORED,
        N_("{address} could not be reached: {detail}"),
        N_(
            "Check the network between this machine and {address} (route, firewall, VPN), then run the check again."
        ),
    ),
    "closed-in-handshake": Ruling(
        Verdict.FAILED,
        N_("{address} closed the connection during the TLS handshake"),
        N_("Check that {address} serves TLS for this host name; its own log says why it hung up."),
    ),
    "not-tls": Ruling(
        Verdict.FAILED,
        N_("{address} does not speak TLS"),
        N_("Serve https on this port, or correct the port in the URL."),
    ),
    "tls-too-old": Ruling(
        Verdict.FAILED,
        N_("{address} offers no TLS version from 1.2 on"),
        N_("Enable TLS 1.2 and 1.3 on the server, and disable what is older."),
    ),
    "handshake-refused": Ruling(
        Verdict.FAILED,
        N_("no TLS connection with {address}: {detail}"),
        N_("Check the TLS settings of the server: versions, ciphers, and whether it knows this host name."),
    ),
    "client-certificate-required": Ruling(
        Verdict.FAILED,
        N_("{address} asks for a client certificate, and none was given"),
        N_("Name one in `client_certificate`, and its key in `client_key`."),
    ),
    "client-certificate-refused": Ruling(
        Verdict.FAILED,
        N_("{address} refuses the client certificate {path}: {detail}"),
        N_(
            "Have the server trust the issuer of {path}, or give the certificate that it expects, not expired."
        ),
    ),
    "client-certificate-expired": Ruling(
        Verdict.FAILED,
        N_("the client certificate {path} expired on {at:date}"),
        N_("Renew {path}, have the server expect the new one where it must, and automate its renewal."),
    ),
    "client-certificate-not-yet-valid": Ruling(
        Verdict.FAILED,
        N_("the client certificate {path} is not valid before {at:time}"),
        N_("Wait until then or have it issued again; check the clocks of the issuer and of this machine."),
    ),
    "client-certificate-unusable": Ruling(
        Verdict.ERRORED,
        N_("the client certificate {path} cannot be used: {why}"),
        N_(
            "Name a PEM file inside the work tree in `client_certificate`, and its unencrypted key in `client_key`."
        ),
    ),
    "proxy-unsupported": Ruling(
        Verdict.ERRORED,
        N_("the proxy {proxy} cannot be used"),
        N_("Name an http:// proxy in HTTPS_PROXY, or list the host in NO_PROXY."),
    ),
    "proxy-unreachable": Ruling(
        Verdict.ERRORED,
        N_("the proxy {proxy} could not be reached: {detail}"),
        N_("Correct HTTPS_PROXY, or list the host in NO_PROXY."),
    ),
    "proxy-refused": Ruling(
        Verdict.ERRORED,
        N_("the proxy {proxy} gave no tunnel to {address}: it answered {status}"),
        N_("Ask who runs the proxy to let {address} through, or list the host in NO_PROXY."),
    ),
    "ca-file-unreadable": Ruling(
        Verdict.ERRORED,
        N_("the CA file {path} cannot be used: {detail}"),
        N_("Name a file of PEM certificates."),
    ),
}

CERTIFICATE_RULINGS: Mapping[str, Ruling] = {
    "expired": Ruling(
        Verdict.FAILED,
        N_("the certificate of {subject} expired on {at:date}"),
        N_("Renew the certificate of {subject}, and automate its renewal."),
    ),
    "not-yet-valid": Ruling(
        Verdict.FAILED,
        N_("the certificate of {subject} is not valid before {at:time}"),
        N_("Wait until then or have it issued again; check the clocks of the issuer and of this machine."),
    ),
    "wrong-host": Ruling(
        Verdict.FAILED,
        N_("the certificate is issued for {names:list}, not for {host}"),
        N_(
            "Have a certificate issued that names {host}, or correct the server's choice of certificate for it."
        ),
    ),
    "common-name-only": Ruling(
        Verdict.FAILED,
        N_("the certificate names {host} in its common name only, which no longer counts (RFC 9525)"),
        N_("Have a certificate issued that names {host} as a subject alternative name."),
    ),
    "self-signed": Ruling(
        Verdict.FAILED,
        N_("the certificate of {subject} is self-signed"),
        N_("Have a certificate issued by an authority that callers trust."),
    ),
    "unknown-issuer": Ruling(
        Verdict.FAILED,
        N_("unknown issuer: {issuer}, which vouches for {subject}, is not trusted here"),
        N_(
            "Use a certificate of an authority that callers trust; for an internal one, name its root with ca_file."
        ),
    ),
    "intercepted": Ruling(
        Verdict.ERRORED,
        N_(
            "the proxy {proxy} seems to intercept TLS: the certificate of {subject} comes from {issuer}, which is not trusted here"
        ),
        N_(
            "Ask who runs the proxy to let {host} through untouched, or list it in NO_PROXY; if the issuer is meant to be trusted, name its root with ca_file."
        ),
    ),
    "incomplete-chain": Ruling(
        Verdict.FAILED,
        N_(
            "incomplete chain: the server does not send the certificate of {issuer}, which vouches for {subject}"
        ),
        N_("Make the server send its intermediate certificates after its own (the issuer's “full chain”)."),
    ),
    "weak-key": Ruling(
        Verdict.FAILED,
        N_("the certificate of {subject} has a weak key: {key}"),
        N_("Have it issued again for an RSA key of at least 2048 bits or an elliptic-curve one of 256."),
    ),
    "weak-signature": Ruling(
        Verdict.FAILED,
        N_("the certificate of {subject} has a weak signature: {signature}"),
        N_("Have it issued again with a SHA-256 signature or better."),
    ),
    "wrong-purpose": Ruling(
        Verdict.FAILED,
        N_("the certificate of {subject} is not meant for a server"),
        N_("Have a certificate issued for server authentication (extended key usage serverAuth)."),
    ),
    "not-an-authority": Ruling(
        Verdict.FAILED,
        N_("a certificate of the chain of {subject} may not issue certificates"),
        N_("Have the certificate issued by a certificate authority."),
    ),
    "outside-name-constraints": Ruling(
        Verdict.FAILED,
        N_("the issuer of {subject} may not issue certificates for this name"),
        N_("Have the certificate issued by an authority that may vouch for the name."),
    ),
    "revoked": Ruling(
        Verdict.FAILED,
        N_("the certificate of {subject} was revoked"),
        N_("Find out why it was revoked, and replace it and its key."),
    ),
    "not-conforming": Ruling(
        Verdict.FAILED,
        N_("a certificate of the chain breaks RFC 5280: {detail}"),
        N_("Have the certificate issued again by an authority that follows RFC 5280."),
    ),
    "untrusted": Ruling(
        Verdict.FAILED,
        N_("the certificate cannot be trusted: {detail}"),
        N_("Correct what the reason names, on the server or at the issuer."),
    ),
    "certificate-unreadable": Ruling(
        Verdict.ERRORED,
        N_("the certificate cannot be read: {detail}"),
        N_("Have the certificate issued again by an authority that follows RFC 5280."),
    ),
}

HTTP_RULINGS: Mapping[str, Ruling] = {
    "cut-off": Ruling(
        Verdict.FAILED,
        N_("{address} closed the connection before its answer was complete"),
        N_("Look into the server's log for why it dropped the request."),
    ),
    "bad-answer": Ruling(
        Verdict.FAILED,
        N_("{address} does not answer in HTTP: {detail}"),
        N_("Check that an HTTP/1.1 server answers on this port."),
    ),
    "unasked-upgrade": Ruling(
        Verdict.FAILED,
        N_("{address} answered 101: it changes to another protocol, which nobody asked for"),
        N_("Correct the URL: who answers there speaks WebSocket or the like, not plain HTTP."),
    ),
    "unsendable": Ruling(
        Verdict.ERRORED,
        N_(
            "the request for {address} cannot be sent: a method, header or secret holds what HTTP does not allow"
        ),
        N_(
            "Correct the headers of the check, and look for a line break or a stray character in its secrets."
        ),
    ),
    "compression-bomb": Ruling(
        Verdict.FAILED,
        N_("{address} answers with a compression bomb: {received} bytes inflate to more than {limit}"),
        N_("Find out what the server sends there: no page that people read shrinks that much."),
    ),
    "headers-too-large": Ruling(
        Verdict.FAILED,
        N_("the headers of the answer of {address} are larger than {limit} bytes"),
        N_("Make the server send fewer or shorter headers."),
    ),
}

FACTS: Mapping[str, Template] = {
    "proxy": N_("proxy"),
    "address": N_("address"),
    "attempt": N_("attempt to reach {address}"),
    "trusted-roots": N_("trusted roots"),
    "trusted-by": N_("trusted because of"),
    "roots-given": N_("roots given besides the system's"),
    "client-certificate": N_("client certificate"),
    "file-with-digest": N_("{path}, {digest}"),
    "tls": N_("TLS"),
    "tls-version-and-cipher": N_("{version}, {cipher}"),
    "version-or-newer": N_("{version} or newer"),
    "reproduce": N_("to reproduce"),
}


class Trouble(Exception):
    """The way to an answer ends here: the code of a ruling above, its parameters, and what was seen."""

    def __init__(self, code: str, evidence: Iterable[Evidence] = (), **parameters: Parameter) -> None:
        super().__init__(code)
        self.code = code
        self.evidence = tuple(evidence)
        self.parameters = parameters


def fact(
    code: str, expected: Parameter = None, observed: Parameter = None, verdict: Verdict | None = None
) -> Evidence:
    """One line of evidence about a fact without parameters."""
    return Evidence(message(code), expected, observed, verdict)

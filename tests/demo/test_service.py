"""The embedded Passe Marché, met as a client meets it: over TLS, with its certificate authority."""

import contextlib
import gc
import hashlib
import hmac
import http.client
import json
import re
import resource
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest

from promoter.demo.oauth import RATE, RATE_WINDOW
from promoter.demo.receiver import MARKET
from promoter.demo.service import EmbeddedService, Hosts
from promoter.demo.web import LARGEST_BODY

ENVIRONMENTS = {
    "preprod": Hosts(
        application="preprod.passemarche.data.gouv.fr",
        demonstration_editor="preprod.editeur.passemarche.data.gouv.fr",
        receiver="preprod.plateforme.example",
    ),
    "production": Hosts(
        application="passemarche.data.gouv.fr",
        demonstration_editor="editeur.passemarche.data.gouv.fr",
        receiver="plateforme.example",
    ),
}
PREPROD = ENVIRONMENTS["preprod"]
PRODUCTION = ENVIRONMENTS["production"]
ALL_HOSTS = [
    host
    for hosts in ENVIRONMENTS.values()
    for host in (hosts.application, hosts.demonstration_editor, hosts.receiver)
]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content(self) -> object:
        return json.loads(self.body)


@dataclass
class Clock:
    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(clock: Clock) -> Iterator[EmbeddedService]:
    with EmbeddedService(ENVIRONMENTS, clock=clock) as running:
        yield running
    gc.collect()


def trusting(service: EmbeddedService) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=service.ca_pem.decode())
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def dial(service: EmbeddedService) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=10)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


@contextlib.contextmanager
def secured(service: EmbeddedService, name: str) -> Iterator[ssl.SSLSocket]:
    with dial(service) as plain, trusting(service).wrap_socket(plain, server_hostname=name) as tls:
        yield tls


@contextlib.contextmanager
def connected(service: EmbeddedService, host: str) -> Iterator[http.client.HTTPConnection]:
    with secured(service, host) as tls:
        connection = http.client.HTTPConnection(host)
        connection.sock = tls
        yield connection
        connection.close()


def exchange(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str | bytes] | None = None,
) -> Answer:
    connection.request(method, path, body, dict(headers or {}))
    response = connection.getresponse()
    return Answer(
        response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    )


def ask(
    service: EmbeddedService,
    host: str,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str | bytes] | None = None,
) -> Answer:
    with connected(service, host) as connection:
        return exchange(connection, method, path, body, headers)


def token_form(service: EmbeddedService, environment: str, **changes: str | None) -> bytes:
    credentials = service.credentials[environment]
    fields = {
        "grant_type": "client_credentials",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "scope": "api_access",
    } | changes
    return urlencode({name: value for name, value in fields.items() if value is not None}).encode()


def ask_token(service: EmbeddedService, environment: str, **changes: str | None) -> Answer:
    form = token_form(service, environment, **changes)
    return ask(service, ENVIRONMENTS[environment].application, "POST", "/oauth/token", form, FORM)


def obtain(service: EmbeddedService, environment: str) -> str:
    content = ask_token(service, environment).content
    assert isinstance(content, dict)
    return str(content["access_token"])


def call_api(service: EmbeddedService, environment: str, authorization: str | None) -> Answer:
    headers = {} if authorization is None else {"Authorization": authorization}
    return ask(
        service,
        ENVIRONMENTS[environment].application,
        "GET",
        "/api/v1/public_markets?page=2",
        headers=headers,
    )


def completed(market: str = MARKET, timestamp: str = "2026-05-04T10:00:00+02:00") -> bytes:
    event = {
        "event": "market.completed",
        "timestamp": timestamp,
        "market": {"identifier": market, "name": "Voirie"},
    }
    return json.dumps(event).encode()


def applied(market: str = MARKET, application: str = "A-1") -> bytes:
    event = {
        "event": "market_application.completed",
        "timestamp": "2026-05-04T11:00:00+02:00",
        "market_identifier": market,
        "market_application": {"identifier": application, "siret": "13002526500013"},
    }
    return json.dumps(event).encode()


def sign(service: EmbeddedService, environment: str, body: bytes) -> str:
    secret = service.credentials[environment].webhook_secret.encode()
    return "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()


def post_event(service: EmbeddedService, body: bytes, signature: str | bytes | None) -> Answer:
    headers: dict[str, str | bytes] = {"Content-Type": "application/json"}
    if signature is not None:
        headers["X-Webhook-Signature-SHA256"] = signature
    return ask(service, PREPROD.receiver, "POST", "/webhook", body, headers)


def taken(service: EmbeddedService) -> object:
    return ask(service, PREPROD.receiver, "GET", "/").content


def drained(connection: socket.socket) -> bytes:
    """All that comes until the other side is gone, however it goes."""
    received = b""
    with contextlib.suppress(ConnectionError):
        while chunk := connection.recv(4096):
            received += chunk
    return received


def is_well(service: EmbeddedService) -> bool:
    return ask(service, PREPROD.application, "GET", "/").status == 200


class TestReachingIt:
    @pytest.mark.parametrize("host", ALL_HOSTS)
    def test_every_host_has_a_certificate_for_itself_alone(self, service: EmbeddedService, host: str) -> None:
        with secured(service, host) as tls:
            facts = tls.getpeercert()
        assert facts is not None
        assert (("DNS", host),) == facts["subjectAltName"]

    def test_a_certificate_is_valid_for_weeks_not_centuries(self, service: EmbeddedService) -> None:
        with secured(service, PREPROD.application) as tls:
            facts = tls.getpeercert()
        assert facts is not None
        days = (ssl.cert_time_to_seconds(str(facts["notAfter"])) - time.time()) / 86_400
        assert 89 < days < 91

    def test_a_client_that_does_not_know_the_authority_does_not_trust_it(
        self, service: EmbeddedService
    ) -> None:
        with dial(service) as plain, pytest.raises(ssl.SSLCertVerificationError):
            ssl.create_default_context().wrap_socket(plain, server_hostname=PREPROD.application)
        assert is_well(service)

    def test_a_name_it_does_not_serve_gets_the_certificate_of_another(self, service: EmbeddedService) -> None:
        refused = pytest.raises(ssl.SSLCertVerificationError, match="not valid for 'elsewhere")
        with refused, secured(service, "elsewhere.example"):
            pass
        assert is_well(service)

    def test_a_client_that_names_no_host_gets_the_certificate_of_the_first(
        self, service: EmbeddedService
    ) -> None:
        context = trusting(service)
        context.check_hostname = False
        with dial(service) as plain, context.wrap_socket(plain) as tls:
            facts = tls.getpeercert()
        assert facts is not None
        assert (("DNS", ALL_HOSTS[0]),) == facts["subjectAltName"]

    def test_a_host_header_it_does_not_serve_is_misdirected(self, service: EmbeddedService) -> None:
        answer = ask(service, PREPROD.application, "GET", "/", headers={"Host": "elsewhere.example"})
        assert answer.status == 421

    def test_the_host_header_chooses_the_site_whatever_its_case_and_port(
        self, service: EmbeddedService
    ) -> None:
        answer = ask(
            service,
            PREPROD.application,
            "GET",
            "/",
            headers={"Host": PRODUCTION.application.upper() + ":443"},
        )
        assert b"Passe March\xc3\xa9 (production)" in answer.body

    @pytest.mark.parametrize(
        "host",
        [hosts for name in ENVIRONMENTS.values() for hosts in (name.application, name.demonstration_editor)],
    )
    def test_the_home_pages_are_html(self, service: EmbeddedService, host: str) -> None:
        answer = ask(service, host, "GET", "/")
        assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")

    def test_head_has_the_headers_of_get_and_no_body(self, service: EmbeddedService) -> None:
        with connected(service, PREPROD.application) as connection:
            head = exchange(connection, "HEAD", "/")
            get = exchange(connection, "GET", "/")
        assert (head.status, head.headers["content-length"], head.body) == (200, str(len(get.body)), b"")

    @pytest.mark.parametrize(
        ("host", "method", "path", "status"),
        [
            (PREPROD.application, "GET", "/nowhere", 404),
            (PREPROD.application, "POST", "/", 405),
            (PREPROD.application, "GET", "/oauth/token", 405),
            (PREPROD.demonstration_editor, "GET", "/nowhere", 404),
            (PREPROD.demonstration_editor, "DELETE", "/", 405),
            (PREPROD.receiver, "GET", "/webhook", 405),
            (PREPROD.receiver, "GET", "/nowhere", 404),
        ],
    )
    def test_what_is_not_there_is_said_to_be_missing_and_a_wrong_method_refused(
        self, service: EmbeddedService, host: str, method: str, path: str, status: int
    ) -> None:
        assert status == ask(service, host, method, path).status

    def test_the_mappings_name_every_host_and_the_port(self, service: EmbeddedService) -> None:
        assert tuple(f"{host}:443:127.0.0.1:{service.port}" for host in ALL_HOSTS) == service.connect_to

    def test_credentials_have_the_form_of_real_ones_and_differ_everywhere(
        self, service: EmbeddedService
    ) -> None:
        values = [value for credentials in service.credentials.values() for value in credentials]
        assert len(set(values)) == 6
        for client_id, client_secret, webhook_secret in service.credentials.values():
            assert re.fullmatch(r"[0-9a-f]{32}", client_id)
            assert re.fullmatch(r"[0-9a-f]{64}", client_secret)
            assert re.fullmatch(r"[0-9a-f]{64}", webhook_secret)

    def test_one_host_name_cannot_be_two_sites(self) -> None:
        twice = Hosts(application="a.example", demonstration_editor="b.example", receiver="A.example")
        with pytest.raises(ValueError, match=r"A\.example"):
            EmbeddedService({"preprod": twice})


class TestTokens:
    def test_a_token_comes_with_all_that_is_documented(self, service: EmbeddedService, clock: Clock) -> None:
        answer = ask_token(service, "preprod")
        content = answer.content
        assert isinstance(content, dict)
        assert len(content.pop("access_token")) >= 32
        expected = {
            "token_type": "Bearer",
            "expires_in": 86400,
            "scope": "api_access",
            "created_at": int(clock.now),
        }
        assert (200, expected, "no-store") == (answer.status, content, answer.headers["cache-control"])

    @pytest.mark.parametrize(
        ("asked", "granted"),
        [
            (None, "api_access"),
            ("", "api_access"),
            ("api_read", "api_read"),
            ("api_access api_read api_write", "api_access api_read api_write"),
            ("api_write api_write", "api_write"),
        ],
    )
    def test_the_scopes_asked_for_are_granted(
        self, service: EmbeddedService, asked: str | None, granted: str
    ) -> None:
        content = ask_token(service, "preprod", scope=asked).content
        assert isinstance(content, dict)
        assert granted == content["scope"]

    @pytest.mark.parametrize(
        ("changes", "status", "error"),
        [
            ({"client_id": "0" * 32}, 401, "invalid_client"),
            ({"client_secret": "0" * 64}, 401, "invalid_client"),
            ({"client_secret": ""}, 401, "invalid_client"),
            ({"client_secret": "é"}, 401, "invalid_client"),
            ({"client_id": None}, 400, "invalid_request"),
            ({"client_secret": None}, 400, "invalid_request"),
            ({"grant_type": None}, 400, "invalid_request"),
            ({"grant_type": "password"}, 400, "unsupported_grant_type"),
            ({"scope": "api_access admin"}, 400, "invalid_scope"),
        ],
    )
    def test_a_wrong_request_gets_its_error_and_no_token(
        self, service: EmbeddedService, changes: dict[str, str | None], status: int, error: str
    ) -> None:
        answer = ask_token(service, "preprod", **changes)
        content = answer.content
        assert isinstance(content, dict)
        assert (status, error) == (answer.status, content["error"])
        assert {"error", "error_description"} == content.keys()

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (b'{"grant_type": "client_credentials"}', "application/json"),
            (None, "application/json"),
            (
                b"grant_type=client_credentials&grant_type=client_credentials&client_id=a&client_secret=b",
                None,
            ),
            (b"\xff\xfe", None),
            (b"a=1&" * 1000, None),
            (b"", None),
        ],
    )
    def test_a_malformed_request_is_an_invalid_one(
        self, service: EmbeddedService, body: bytes | None, kind: str | None
    ) -> None:
        sent = token_form(service, "preprod") if body is None else body
        headers = FORM if kind is None else {"Content-Type": kind}
        answer = ask(service, PREPROD.application, "POST", "/oauth/token", sent, headers)
        content = answer.content
        assert isinstance(content, dict)
        assert (answer.status, content["error"]) == (400, "invalid_request")

    def test_the_credentials_of_one_environment_are_unknown_in_another(
        self, service: EmbeddedService
    ) -> None:
        form = token_form(service, "preprod")
        assert ask(service, PRODUCTION.application, "POST", "/oauth/token", form, FORM).status == 401

    def test_issuing_a_token_revokes_the_one_before(self, service: EmbeddedService) -> None:
        first = obtain(service, "preprod")
        assert call_api(service, "preprod", f"Bearer {first}").status == 200
        second = obtain(service, "preprod")
        assert call_api(service, "preprod", f"Bearer {first}").status == 401
        assert call_api(service, "preprod", f"Bearer {second}").status == 200

    def test_issuing_a_token_leaves_other_environments_alone(self, service: EmbeddedService) -> None:
        live = obtain(service, "production")
        obtain(service, "preprod")
        assert call_api(service, "production", f"Bearer {live}").status == 200

    def test_a_refused_request_leaves_the_live_token_alone(self, service: EmbeddedService) -> None:
        live = obtain(service, "preprod")
        assert ask_token(service, "preprod", client_secret="0" * 64).status == 401
        assert ask_token(service, "preprod", scope="admin").status == 400
        assert call_api(service, "preprod", f"Bearer {live}").status == 200

    def test_a_token_is_good_for_a_day_and_no_longer(self, service: EmbeddedService, clock: Clock) -> None:
        token = obtain(service, "preprod")
        clock.now += 86_399
        assert call_api(service, "preprod", f"Bearer {token}").status == 200
        clock.now += 1
        assert call_api(service, "preprod", f"Bearer {token}").status == 401

    def test_too_many_requests_are_refused_until_the_window_has_passed(
        self, service: EmbeddedService, clock: Clock
    ) -> None:
        form = token_form(service, "preprod")
        with connected(service, PREPROD.application) as connection:
            statuses = [exchange(connection, "POST", "/oauth/token", form, FORM).status for _ in range(RATE)]
            refused = exchange(connection, "POST", "/oauth/token", form, FORM)
            clock.now += RATE_WINDOW + 1
            after = exchange(connection, "POST", "/oauth/token", form, FORM)
        assert statuses == [200] * RATE
        assert (429, str(int(RATE_WINDOW))) == (refused.status, refused.headers["retry-after"])
        assert refused.content == {"error": "rate_limit_exceeded", "error_description": "Too many requests"}
        assert after.status == 200


class TestApi:
    def test_a_good_token_gets_json(self, service: EmbeddedService) -> None:
        answer = call_api(service, "preprod", f"bearer {obtain(service, 'preprod')}")
        assert answer.status == 200
        assert answer.content == {"environment": "preprod", "path": "/api/v1/public_markets"}

    @pytest.mark.parametrize(
        "authorization", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer nonsense", "Bearer \xe9"]
    )
    def test_no_token_or_a_wrong_one_is_unauthorised_in_json(
        self, service: EmbeddedService, authorization: str | None
    ) -> None:
        obtain(service, "preprod")
        answer = call_api(service, "preprod", authorization)
        content = answer.content
        assert isinstance(content, dict)
        assert (answer.status, content["error"], len(content["errors"])) == (401, "Not authorized", 1)
        assert answer.headers["www-authenticate"].startswith("Bearer")

    def test_a_token_of_another_environment_is_unauthorised(self, service: EmbeddedService) -> None:
        obtain(service, "production")
        assert call_api(service, "production", f"Bearer {obtain(service, 'preprod')}").status == 401

    def test_it_is_read_only(self, service: EmbeddedService) -> None:
        headers = {"Authorization": f"Bearer {obtain(service, 'preprod')}"}
        assert (
            ask(service, PREPROD.application, "DELETE", "/api/v1/public_markets", headers=headers).status
            == 405
        )


class TestReceiver:
    def test_a_rightly_signed_event_is_taken(self, service: EmbeddedService) -> None:
        body = completed()
        answer = post_event(service, body, sign(service, "preprod", body))
        assert (answer.status, answer.body) == (204, b"")
        assert "content-length" not in answer.headers
        assert taken(service) == {"events": [["market.completed", "2026-05-04T10:00:00+02:00", MARKET]]}

    @pytest.mark.parametrize(
        "signature",
        [
            None,
            "",
            "sha256=",
            "sha256=0123",
            "sha256=" + "0" * 64,
            "sha256=" + "0" * 640,
            "sha1=" + "0" * 40,
            b"sha256=\xff\xe9",
        ],
    )
    def test_a_wrong_short_long_garbled_or_missing_signature_is_unauthorised(
        self, service: EmbeddedService, signature: str | bytes | None
    ) -> None:
        assert post_event(service, completed(), signature).status == 401
        assert taken(service) == {"events": []}

    def test_a_signature_without_its_prefix_is_unauthorised(self, service: EmbeddedService) -> None:
        body = completed()
        assert post_event(service, body, sign(service, "preprod", body).removeprefix("sha256=")).status == 401

    def test_a_signature_made_with_the_secret_of_another_environment_is_unauthorised(
        self, service: EmbeddedService
    ) -> None:
        body = completed()
        assert post_event(service, body, sign(service, "production", body)).status == 401

    def test_the_signature_is_over_the_exact_bytes(self, service: EmbeddedService) -> None:
        body = completed()
        assert post_event(service, body + b"\n", sign(service, "preprod", body)).status == 401

    def test_a_signature_sent_twice_is_unauthorised(self, service: EmbeddedService) -> None:
        body = completed()
        with connected(service, PREPROD.receiver) as connection:
            connection.putrequest("POST", "/webhook")
            connection.putheader("Content-Length", str(len(body)))
            for _ in range(2):
                connection.putheader("X-Webhook-Signature-SHA256", sign(service, "preprod", body))
            connection.endheaders(body)
            assert connection.getresponse().status == 401

    def test_the_same_event_again_is_accepted_and_changes_nothing(self, service: EmbeddedService) -> None:
        for body in (completed(), applied(), completed(), applied(), applied(application="A-2")):
            assert post_event(service, body, sign(service, "preprod", body)).status == 204
        expected = [
            ["market.completed", "2026-05-04T10:00:00+02:00", MARKET],
            ["market_application.completed", "2026-05-04T11:00:00+02:00", "A-1"],
            ["market_application.completed", "2026-05-04T11:00:00+02:00", "A-2"],
        ]
        assert {"events": expected} == taken(service)

    @pytest.mark.parametrize(
        "body",
        [
            completed(market="VR-0000-000000000000"),
            applied(market="VR-0000-000000000000"),
            b'{"event": "market.opened", "timestamp": "2026-05-04T10:00:00Z"}',
            b'{"event": "market.completed", "market": "VR"}',
            b"[]",
        ],
    )
    def test_an_event_about_something_unknown_is_accepted_and_ignored(
        self, service: EmbeddedService, body: bytes
    ) -> None:
        assert post_event(service, body, sign(service, "preprod", body)).status == 204
        assert taken(service) == {"events": []}

    @pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 200_000])
    def test_a_rightly_signed_body_that_is_not_json_is_refused_for_good(
        self, service: EmbeddedService, body: bytes
    ) -> None:
        assert post_event(service, body, sign(service, "preprod", body)).status == 400


class TestRobustness:
    @pytest.mark.parametrize(
        "garbage",
        [
            b"GET / HTTP/1.1\r\nHost: passemarche.data.gouv.fr\r\n\r\n",
            b"\0" * 5000,
            b"\x16\x03\x01\xff\xff" + b"A" * 99,
        ],
    )
    def test_what_is_not_tls_is_closed_without_an_http_answer_or_a_word_on_the_terminal(
        self, service: EmbeddedService, garbage: bytes, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with dial(service) as plain:
            plain.sendall(garbage)
            plain.shutdown(socket.SHUT_WR)
            assert b"HTTP" not in drained(plain)
        assert is_well(service)
        assert capfd.readouterr() == ("", "")

    @pytest.mark.parametrize(
        ("sent", "status"),
        [
            (b"not http at all\r\n\r\n", b"400"),
            (b"GET / HTTP/1.1\r\n\r\n", b"400"),
            (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20_000, b"431"),
            (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        ],
    )
    def test_what_is_not_http_gets_its_status_and_is_closed(
        self, service: EmbeddedService, sent: bytes, status: bytes
    ) -> None:
        with secured(service, PREPROD.application) as tls:
            tls.sendall(sent)
            answer = drained(tls)
        assert answer.startswith(b"HTTP/1.1 " + status)
        assert b"connection: close" in answer.lower()
        assert is_well(service)

    def test_a_body_beyond_the_cap_is_too_large(self, service: EmbeddedService) -> None:
        for size, status in ((LARGEST_BODY, 400), (LARGEST_BODY + 1, 413)):
            assert status == ask(service, PREPROD.application, "POST", "/oauth/token", b"a" * size).status

    def test_one_connection_carries_many_requests(self, service: EmbeddedService) -> None:
        with connected(service, PREPROD.application) as connection:
            assert [exchange(connection, "GET", path).status for path in ("/", "/nowhere", "/")] == [
                200,
                404,
                200,
            ]

    @pytest.mark.parametrize("connection", ["close", "keep-alive"])
    def test_a_client_that_resets_after_its_answer_costs_nothing(
        self, service: EmbeddedService, connection: str
    ) -> None:
        with secured(service, PREPROD.application) as tls:
            tls.sendall(f"GET / HTTP/1.1\r\nHost: a\r\nConnection: {connection}\r\n\r\n".encode())
            assert tls.recv(8) == b"HTTP/1.1"
            tls.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert is_well(service)

    def test_clients_that_hang_are_left_after_a_while_and_hold_up_nobody(self) -> None:
        with EmbeddedService(ENVIRONMENTS, patience=0.3) as service:
            with (
                dial(service) as silent,
                secured(service, PREPROD.application) as mute,
                dial(service) as reset,
            ):
                mute.sendall(
                    b"POST /oauth/token HTTP/1.1\r\nHost: passemarche.data.gouv.fr\r\nContent-Length: 9\r\n\r\na"
                )
                reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                reset.close()
                assert is_well(service)
                assert drained(silent) == b""
                assert drained(mute) == b""
            assert is_well(service)
        gc.collect()

    def test_leaving_cuts_off_every_client_and_leaves_nothing_behind(self) -> None:
        threads = threading.active_count()
        with EmbeddedService(ENVIRONMENTS) as service, contextlib.ExitStack() as clients:
            port = service.port
            fresh = [clients.enter_context(dial(service)) for _ in range(20)]
            fresh[0].sendall(b"\x16\x03\x01")
            idle = [clients.enter_context(secured(service, PREPROD.application)) for _ in range(5)]
            idle[0].sendall(b"POST / HTTP/1.1\r\n")
            idle[1].sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            assert idle[1].recv(8) == b"HTTP/1.1"
            held = clients.pop_all()
            started = time.monotonic()
        assert time.monotonic() - started < 4
        with held:
            assert not any(drained(client) for client in [*fresh, idle[0], *idle[2:]])
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
        assert threads == threading.active_count()
        gc.collect()

    def test_leaving_at_once_is_quick_even_with_a_client_that_has_just_come(self) -> None:
        service = EmbeddedService(ENVIRONMENTS)
        started = time.monotonic()
        for _ in range(20):
            with service:
                client = dial(service)
            client.close()
        assert time.monotonic() - started < 4
        gc.collect()

    def test_with_no_descriptor_left_it_waits_quietly_and_serves_when_there_is_one(
        self, service: EmbeddedService, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert is_well(service)
        trust = trusting(service)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with socket.socket() as client:
            client.settimeout(10)
            resource.setrlimit(resource.RLIMIT_NOFILE, (1, hard))
            try:
                client.connect(("127.0.0.1", service.port))
                busy = time.process_time()
                time.sleep(0.3)
                busy = time.process_time() - busy
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            assert busy < 0.15
            with trust.wrap_socket(client, server_hostname=PREPROD.application) as tls:
                assert tls.version() is not None
        assert caplog.text == ""

    def test_it_can_be_entered_again_with_the_same_credentials_and_authority(self) -> None:
        service = EmbeddedService(ENVIRONMENTS)
        for _ in range(2):
            with service:
                obtain(service, "preprod")
        with pytest.raises(RuntimeError, match="not running"):
            _ = service.port

    def test_a_bug_costs_one_connection_and_is_raised_on_leaving(self) -> None:
        def broken() -> float:
            raise ZeroDivisionError

        def meet_it(service: EmbeddedService) -> None:
            with service:
                with pytest.raises(http.client.RemoteDisconnected):
                    ask_token(service, "preprod")
                assert is_well(service)

        with pytest.raises(ExceptionGroup) as caught:
            meet_it(EmbeddedService(ENVIRONMENTS, clock=broken))
        assert [type(bug) for bug in caught.value.exceptions] == [ZeroDivisionError]

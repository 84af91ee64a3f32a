import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promoter.model.address import HostPort, parse_host_port, split_url
from promoter.net.route import proxy_for
from promoter.net.trouble import Trouble


def refused(read: Callable[[str], object], written: str) -> bool:
    try:
        read(written)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize(
    ("no_proxy", "host", "excepted"),
    [
        ("", "a.example", False),
        ("*", "a.example", True),
        ("a.example", "a.example", True),
        ("A.EXAMPLE", "a.example", True),
        ("example", "a.example", True),
        (".example", "a.example", True),
        ("*.example", "a.example", True),
        ("b.example", "ab.example", False),
        ("x, ,a.example", "a.example", True),
        ("x a.example", "a.example", True),
        ("x\ta.example  y", "a.example", True),
        ("x a.example", "b.example", False),
        ("a.example:443", "a.example", True),
        ("a.example:8443", "a.example", False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("::1", "::1", True),
        ("[::1]", "::1", True),
        ("a.example", "10.1.2.3", False),
    ],
)
def test_no_proxy_lists_hosts_domains_addresses_and_networks(
    no_proxy: str, host: str, excepted: bool
) -> None:
    found = proxy_for(HostPort(host, 443), {"HTTPS_PROXY": "proxy.example:3128", "NO_PROXY": no_proxy})
    assert (found is None) is excepted


def test_the_proxy_is_named_without_its_credentials() -> None:
    found = proxy_for(HostPort("a.example", 443), {"https_proxy": "http://user:secret@proxy.example:3128"})
    assert str(found) == "proxy.example:3128"
    assert "secret" not in repr(found)


def test_the_lower_case_name_wins_as_in_curl() -> None:
    found = proxy_for(HostPort("a.example", 443), {"https_proxy": "one:1", "HTTPS_PROXY": "two:2"})
    assert str(found) == "one:1"


@given(st.text())
def test_whatever_is_in_https_proxy_is_a_proxy_or_a_trouble(named: str) -> None:
    with contextlib.suppress(Trouble):
        proxy_for(HostPort("a.example", 443), {"HTTPS_PROXY": named})


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("127.0.0.1:443", HostPort("127.0.0.1", 443)),
        ("A.Example:1", HostPort("a.example", 1)),
        ("[::1]:65535", HostPort("::1", 65535)),
        ("bücher.example:443", HostPort("xn--bcher-kva.example", 443)),
    ],
)
def test_a_host_and_port_are_read(written: str, expected: HostPort) -> None:
    assert parse_host_port(written) == expected
    assert parse_host_port(str(expected)) == expected


@pytest.mark.parametrize(
    "written",
    ["", ":443", "a", "a:", "a:0", "a:65536", "a:-1", "a:٤", "::1:443", "[::g]:1", "a b:1", "a..b:1"],
)
def test_what_is_no_host_and_port_is_refused(written: str) -> None:
    assert refused(parse_host_port, written)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("https://a.example", ("https", "a.example", 443, "/", "a.example")),
        ("https://A.example:8443/x?y=z#frag", ("https", "a.example", 8443, "/x?y=z", "a.example:8443")),
        ("http://[::1]/é", ("http", "::1", 80, "/%C3%A9", "[::1]")),
        ("https://bücher.example?a", ("https", "xn--bcher-kva.example", 443, "/?a", "xn--bcher-kva.example")),
    ],
)
def test_a_url_is_taken_apart(written: str, shown: tuple[str, str, int, str, str]) -> None:
    found = split_url(written)
    assert (found.scheme, found.host, found.port, found.path, found.host_header) == shown


@pytest.mark.parametrize(
    "written",
    [
        "",
        "a.example",
        "//a.example",
        "ftp://a.example",
        "https://",
        "https:///x",
        "https://user@a.example",
        "https://user:password@a.example",
        "https://a.example:0",
        "https://a.example:99999",
        "https://a.example/a b",
        "https://a.example/\r\nX: y",
        "https://[::",
        "https://a_b..example",
        "https://" + "a" * 64 + ".example",
        "https://a.example/" + "x" * 3000,
    ],
)
def test_what_is_no_plain_url_is_refused(written: str) -> None:
    assert refused(split_url, written)


@given(st.text())
def test_no_text_breaks_the_readers_of_addresses(written: str) -> None:
    for read in (parse_host_port, split_url, lambda text: split_url(f"https://{text}")):
        try:
            found = read(written)
        except ValueError:
            continue
        assert isinstance(found, HostPort) or found.path.isascii()

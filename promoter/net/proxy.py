"""A tunnel through an HTTP proxy (CONNECT, RFC 9110, section 9.3.6)."""

import asyncio
import re
import socket

from promoter.model.address import HostPort
from promoter.net.route import Proxy
from promoter.net.trouble import Trouble

_LONGEST_ANSWER = 16 * 1024
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})\b")


async def open_tunnel(sock: socket.socket, target: HostPort, proxy: Proxy) -> None:
    """Makes a socket that is connected to the proxy one that is connected to the target.

    Raises Trouble when the proxy refuses or does not speak HTTP.
    """
    loop = asyncio.get_running_loop()
    credentials = ""
    if proxy.authorization is not None:
        credentials = f"Proxy-Authorization: {proxy.authorization.reveal()}\r\n"
    request = f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{credentials}\r\n"
    answer = b""
    try:
        await loop.sock_sendall(sock, request.encode("ascii"))
        while b"\r\n\r\n" not in answer and len(answer) < _LONGEST_ANSWER:
            received = await loop.sock_recv(sock, 4096)
            if not received:
                break
            answer += received
    except OSError as error:
        detail = error.strerror or str(error)
        raise Trouble("proxy-unreachable", proxy=str(proxy), detail=detail) from error
    status = _STATUS.match(answer)
    code = int(status[1]) if status and b"\r\n\r\n" in answer else 0
    if not 200 <= code < 300:
        raise Trouble("proxy-refused", proxy=str(proxy), address=str(target), status=code or "?")

"""What several kinds share on the wire: addresses, proxies, TLS, the facts of a connection."""

"""Booths reach the laptop by TLS under the station's own authority, and by nothing else off the laptop."""

from __future__ import annotations

import ssl
from contextlib import suppress
from datetime import UTC, datetime
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from booth_bench import bench
from cryptography import x509

from dauys.station.faults import StationError
from dauys.station.web import server
from dauys.station.web.certificates import make_authority, make_server_pair
from dauys.station.web.server import serve

NOW = datetime.now(UTC)  # certificates are compared with the clock of the machine that runs the test
HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def authority():
    return make_authority("01-001-a", [HOST], NOW)


def ask(port: int, trusted: bytes, method: str = "GET", path: str = "/", body: str | None = None):
    """One answer over TLS, where only this authority is trusted."""
    context = ssl.create_default_context(cadata=trusted.decode())
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{HOST}:{port}"}
    connection = HTTPSConnection(HOST, port, timeout=20, context=context)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer, connection.sock.version() if connection.sock else None
    finally:
        connection.close()


def test_a_booth_that_trusts_the_authority_is_paired_with_a_cookie_for_tls_alone(place, authority):
    pair = make_server_pair(authority, [HOST], NOW)
    with bench(place) as where, serve(where.services, (HOST, 0), pair) as (_, port):
        answer, version = ask(port, authority.certificate)
        assert (answer.status, version) in ((403, "TLSv1.3"), (403, "TLSv1.2"))
        body = urlencode({"code": where.services.terminals.invite("booth", 1)})
        answer, _ = ask(port, authority.certificate, "POST", "/pair", body)
        cookie = answer.headers["Set-Cookie"]
        assert all(part in cookie for part in ("terminal=", "HttpOnly", "SameSite=Strict", "Secure"))
        stranger = make_authority("01-001-a", [HOST], NOW)
        with pytest.raises(ssl.SSLCertVerificationError):
            ask(port, stranger.certificate)


def test_the_authority_signs_for_its_own_addresses_alone(place, authority):
    """A certificate of this authority for another address is refused by whoever trusts the authority."""
    elsewhere = make_server_pair(authority, [HOST, "10.9.9.9"], NOW)
    with (
        bench(place) as where,
        serve(where.services, (HOST, 0), elsewhere) as (_, port),
        pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"),
    ):
        ask(port, authority.certificate)


@pytest.mark.parametrize("own", ["192.168.7.5", "fd00::5", "station.lan"])
@pytest.mark.parametrize("other", ["bank.example", "192.168.7.6", "fd00::6", "other.lan"])
def test_no_other_name_of_either_kind_can_be_signed_for(own, other):
    """Constraints on addresses alone leave every name free, and the other way round."""
    made = make_authority("01-001-a", [own], NOW)
    assert trusted(made, own, own)
    assert not trusted(made, own, other)
    assert not trusted(made, other, other)


def trusted(authority, first: str, asked: str) -> bool:
    """Whether who trusts this authority opens `asked`; `first`: the first name of the certificate."""
    pair = make_server_pair(authority, list(dict.fromkeys([first, asked])), NOW)
    client = ssl.create_default_context(cadata=authority.certificate.decode())
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with server._in_memory(pair.certificate) as certificate, server._in_memory(pair.key) as key:
        server_side.load_cert_chain(certificate, key)
    here, there = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(here, there, server_hostname=asked)
    theirs = server_side.wrap_bio(there, here, server_side=True)
    for _ in range(4):
        for side in (ours, theirs):
            with suppress(ssl.SSLWantReadError):
                try:
                    side.do_handshake()
                except ssl.SSLCertVerificationError:
                    return False
    return True


def test_the_authority_is_no_server_and_signs_no_other_authority(authority):
    own = x509.load_pem_x509_certificate(authority.certificate)
    basic = own.extensions.get_extension_for_class(x509.BasicConstraints)
    usage = own.extensions.get_extension_for_class(x509.KeyUsage)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)
    assert (usage.value.key_cert_sign, usage.value.digital_signature) == (True, False)
    assert len(authority.fingerprint.split(" ")) == 16
    assert "PRIVATE" not in repr(authority)


def test_nothing_is_served_in_clear_off_the_laptop(place):
    with bench(place) as where, pytest.raises(StationError) as found, serve(where.services, ("0.0.0.0", 0)):
        raise AssertionError("served")
    assert found.value.code == "J6.6"


def test_the_key_of_the_server_is_on_no_disk(place, authority, monkeypatch):
    """What the library is given is a file without a name: nothing is left, or was, in any folder."""
    opened = []

    class Noting(server._Adapter):
        def __init__(self, certificate, key):
            opened.extend(str(Path(name).readlink()) for name in (certificate, key))
            super().__init__(certificate, key)

    monkeypatch.setattr(server, "_Adapter", Noting)
    with bench(place) as where, serve(where.services, (HOST, 0), make_server_pair(authority, [HOST], NOW)):
        pass
    assert [name.startswith("/memfd:") for name in opened] == [True, True]

"""The station's own certificate authority: what a booth's browser trusts, made on the laptop.

Off the loopback address a browser gives a camera only to pages over TLS. The authority signs for the own
addresses of the station and nothing else; members compare its fingerprint on both screens.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: From installation to the last of the two rounds and their disputes.
DAYS = 90


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its private key, PEM."""

    certificate: bytes
    key: bytes = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate in hex, in groups of four, as browsers show it and members read it."""
        digest = x509.load_pem_x509_certificate(self.certificate).fingerprint(hashes.SHA256()).hex().upper()
        return " ".join(digest[at : at + 4] for at in range(0, 64, 4))


def make_authority(device: str, hosts: list[str], now: datetime) -> Pair:
    """Return an authority of one device that can sign for these addresses only. `now`: aware."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Dauys {device}")])
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    builder = (
        _builder(name, name, key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(_only(hosts), critical=True)
    )
    return _pair(builder.sign(key, hashes.SHA256()), key)


def make_server_pair(authority: Pair, hosts: list[str], now: datetime) -> Pair:
    """Return a certificate of the station's server, signed by its authority, with a key of its own."""
    issuer = x509.load_pem_x509_certificate(authority.certificate)
    signer = serialization.load_pem_private_key(authority.key, None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)  # noqa: S101  # made above
    key = ec.generate_private_key(ec.SECP256R1())
    # With a blank: what could be a host's name would be held against the constraints as one.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Dauys {hosts[0]}")])
    builder = (
        _builder(name, issuer.subject, key.public_key(), now)
        .add_extension(x509.SubjectAlternativeName([_name(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    return _pair(builder.sign(signer, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    # A day back: the clocks of two laptops differ.
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=DAYS))
    )


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _only(hosts: list[str]) -> x509.NameConstraints:
    """Return that these are signed for, and nothing else: a kind of name that is not told of is free."""
    own = [_tree(host) for host in hosts]
    none: list[x509.GeneralName] = (
        [] if any(isinstance(one, x509.DNSName) for one in own) else [x509.DNSName("")]
    )
    if not any(isinstance(one, x509.IPAddress) for one in own):
        none += [x509.IPAddress(ip_network(every)) for every in ("0.0.0.0/0", "::/0")]
    return x509.NameConstraints(own, none or None)


def _tree(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_network(host))
    except ValueError:
        return x509.DNSName(host)


def _pair(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Pair:
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(
        encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )  # fmt: skip
    return Pair(certificate.public_bytes(encoding), private)

"""No secret is in a kit, whoever signed it."""

from __future__ import annotations

import base64

import pytest
from made_kits import STATION, VOTE, made_kit, spec_of

from dauys import _core
from dauys.crypto.cards import list_cards
from dauys.errors import InputError
from dauys.record.keys import ED25519, encode_secret_key
from dauys.verify.kit import read_kit
from dauys.verify.kit_secrets import MARKS

# --- secrets ---------------------------------------------------------------------------------------------

PLANTED = {
    "signing key of a log, witness or commission": encode_secret_key("a/b", ED25519, b"\7" * 32).encode(),
    "age identity": b"AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ",
    "age identity with a plugin": b"AGE-PLUGIN-YUBIKEY-1QQQQQQQQ",
    "age file": b"age-encryption.org/v1",
    "trustee's secret": b"dauys/trustee-secret/1",
    "PEM private key": b"-----BEGIN ENCRYPTED PRIVATE KEY-----",
    "SSH private key": b"b3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
    "PuTTY private key": b"PuTTY-User-Key-File-3: ssh-ed25519",
    "PGP private key": b"-----BEGIN PGP PRIVATE KEY BLOCK-----",
    "minisign or signify key": b"untrusted comment: minisign encrypted secret key",
    "Ed25519 private key in DER": base64.b64encode(
        bytes.fromhex("302e020100300506032b657004220420") + b"\7" * 32
    ),
    "JSON web key": b'{"crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}',
}


def planted(text: bytes, path: str = "policy"):
    """A secret in a comment of the policy: all else of the kit holds."""

    def change(files):
        files[path] += b"# " + text + b"\n"

    return change


def test_a_comment_alone_is_no_reason_to_refuse(kits):
    path = kits.forge(planted(b"made on 2004-09-01 by the centre; PRIVATE KEY is a word"))
    assert read_kit(path, kits.key).station == STATION


def test_every_mark_has_its_example():
    assert PLANTED.keys() == MARKS.keys()


#: Base64 has one case; of all other marks the case of letters does not matter.
ONE_CASE = {"JSON web key", "Ed25519 private key in DER", "SSH private key"}
WRITTEN = [(what, bytes) for what in PLANTED]
WRITTEN += [(what, bytes.swapcase) for what in PLANTED if what not in ONE_CASE]


@pytest.mark.parametrize(("what", "turn"), WRITTEN)
def test_private_keys_are_found_whoever_signed(kits, refused, what, turn):
    found = refused(kits.forge(planted(turn(PLANTED[what]))))
    assert {(one.code, one.hint) for one in found} == {("W1.5", "make_again")}
    assert what in {one.found for one in found}


def test_a_finding_never_shows_the_secret(kits):
    with pytest.raises(InputError) as caught:
        read_kit(kits.forge(planted(PLANTED["age identity"])), kits.key)
    assert "QQQQ" not in str(caught.value) + repr(caught.value.problems)


@pytest.mark.parametrize("form", ["raw", "hex", "hex and a line end", "HEX"])
def test_thirty_two_bytes_alone_are_a_key(kits, refused, form):
    seed = b"\x81" * 32
    data = {
        "raw": seed,
        "hex": seed.hex().encode(),
        "hex and a line end": seed.hex().encode() + b"\n",
        "HEX": seed.hex().upper().encode(),
    }
    found = refused(kits.forge(lambda files: files.update({"dauys-key": data[form]})))
    assert [(one.code, one.found) for one in found] == [("W1.5", "32 bytes alone")]


def seeds(kits):
    parties = kits.made.parties
    return {
        "commission": parties.secret("commission", "centre"),
        "station": parties.secret("commission", "0001"),
        "log": parties.secret("log"),
        "witness": parties.secret("witness", 2),
    }


@pytest.mark.parametrize("whose", ["commission", "station", "log", "witness"])
@pytest.mark.parametrize(
    "form",
    [
        lambda s: s.hex(),
        lambda s: s.hex().upper(),
        lambda s: (b"\0" * 32 + s).hex(),
        lambda s: "01" + s.hex(),
        lambda s: "f" + s.hex(),
        lambda s: base64.b64encode(s).decode(),
        lambda s: base64.urlsafe_b64encode(s).decode().rstrip("="),
        lambda s: base64.b64encode(b"\1" + s).decode(),
        lambda s: base64.b64encode(s + bytes(range(32))).decode(),
        lambda s: base64.urlsafe_b64encode(bytes(range(32)) + s).decode().rstrip("="),
    ],
    ids=["hex", "HEX", "behind others", "kind", "odd", "base64", "url", "note key", "pair", "url of a pair"],
)
def test_the_seed_of_a_key_that_the_kit_names_is_found(kits, refused, whose, form):
    (fault,) = refused(kits.forge(planted(form(seeds(kits)[whose]).encode())))
    assert (fault.code, fault.found) == ("W1.5", "seed of a key that the kit names")


@pytest.mark.parametrize("form", ["letters", "together", "small", "hex"])
def test_the_secret_of_a_card_is_found(kits, refused, scene, form):
    secret = spec_of(scene).cards()[7]
    letters = _core.card_letters(secret)
    text = {
        "letters": letters,
        "together": letters.replace("-", ""),
        "small": letters.lower(),
        "hex": secret.hex(),
    }[form]
    (fault,) = refused(kits.forge(planted(text.encode())))
    assert (fault.code, fault.found) == ("W1.5", "secret of a card")


def test_a_card_of_elsewhere_is_nobodys_secret_here(kits):
    other = _core.card_letters(b"\5" * 16)
    assert list_cards(VOTE, "0002-m1", [b"\5" * 16]).hashes[0] not in spec_of_hashes(kits)
    assert read_kit(kits.forge(planted(other.encode())), kits.key).station == STATION


def spec_of_hashes(kits):
    return read_kit(kits.write(kits.data), kits.key).device("0002-m1").cards


def test_a_kit_with_a_secret_is_not_made_either(kits, scene, tmp_path):
    policy = kits.packed.files["policy"] + b"# " + PLANTED["age identity"] + b"\n"
    with pytest.raises(InputError) as caught:
        made_kit(kits.made, scene.election, tmp_path / "work", policy=policy)
    assert caught.value.problems[0].code == "W1.5"

//! The secret file of a trustee and everything that is done with it.

use crate::envelope;
use core::fmt;
use curve25519_dalek::scalar::Scalar;
use dauys_core::ceremony::{Attempt, Coded, Dealing, Possession, verify_share};
use dauys_core::error::Error;
use dauys_core::group::{SCALAR_BYTES, decode_scalar};
use dauys_core::sign::Key;
use dauys_core::tally::{Partial, SumContext, partial_decrypt};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

const MAGIC: &[u8] = b"dauys/trustee-secret/1\n";
const SIGNING: &str = "signing";
const IDENTITY: &str = "identity";
const OWN_SHARE: &str = "own-share";
const KEYS: &str = "keys";
const NOTE: &str = "note/";

/// Signing key, one-time identity, shares, and notes of the caller (steps done, ledger). Erased when dropped.
pub struct Secret {
    entries: BTreeMap<String, Zeroizing<Vec<u8>>>,
}

/// What a trustee publishes after drawing: see `spec/trustees.md` §3, step 3.
pub struct Published {
    /// `F`, in order of the key, then the coefficient.
    pub commitments: Vec<Coded>,
    /// The proof of possession.
    pub possession: Possession,
    /// For each other trustee, its share as an age file.
    pub shares: Vec<(u32, Vec<u8>)>,
}

impl Secret {
    /// A new secret with a fresh signing key.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn create() -> Result<Self, Error> {
        let mut seed = Zeroizing::new(vec![0u8; 32]);
        getrandom::fill(&mut seed).map_err(|_| Error::Random)?;
        let entries = BTreeMap::from([(SIGNING.to_owned(), seed)]);
        Ok(Self { entries })
    }

    /// A secret for the next vote of the same election: the same signing key, and nothing else of this one.
    ///
    /// # Errors
    /// [`Error::Absent`].
    pub fn for_next_vote(&self) -> Result<Self, Error> {
        let seed = self.entries.get(SIGNING).ok_or(Error::Absent)?.clone();
        Ok(Self {
            entries: BTreeMap::from([(SIGNING.to_owned(), seed)]),
        })
    }

    /// Opens a sealed secret.
    ///
    /// # Errors
    /// [`Error::Passphrase`] for a wrong passphrase or a damaged file.
    pub fn open(sealed: &[u8], passphrase: &str) -> Result<Self, Error> {
        let plain = envelope::unseal(passphrase, sealed)?;
        let entries = parse(&plain).ok_or(Error::Passphrase)?;
        let secret = Self { entries };
        secret.key()?;
        Ok(secret)
    }

    /// Seals it to a passphrase; see [`envelope::seal`] for `work`.
    ///
    /// # Errors
    /// [`Error::Passphrase`] for an empty passphrase.
    pub fn seal(&self, passphrase: &str, work: Option<u8>) -> Result<Vec<u8>, Error> {
        envelope::seal(passphrase, work, &encode(&self.entries))
    }

    /// The Ed25519 public key.
    ///
    /// # Errors
    /// [`Error::Absent`].
    pub fn public_key(&self) -> Result<[u8; 32], Error> {
        Ok(self.key()?.public())
    }

    /// Signs one hash of the protocol.
    ///
    /// # Errors
    /// [`Error::Absent`].
    pub fn sign(&self, hash: &[u8; 64]) -> Result<[u8; 64], Error> {
        Ok(self.key()?.sign(hash))
    }

    /// Makes the one-time identity of a new attempt and returns its recipient. Whatever the last attempt left is erased.
    ///
    /// # Errors
    /// [`Error::Cipher`], which cannot happen for a fresh identity.
    pub fn new_identity(&mut self) -> Result<String, Error> {
        let identity = envelope::new_identity();
        let recipient = envelope::recipient_of(&identity)?;
        self.erase(OWN_SHARE);
        self.erase(KEYS);
        let bytes = Zeroizing::new(identity.as_bytes().to_vec());
        self.entries.insert(IDENTITY.to_owned(), bytes);
        Ok(recipient)
    }

    /// The identity in the clear: for a complaint, which voids the attempt, and for nothing else.
    ///
    /// # Errors
    /// [`Error::Absent`].
    pub fn publish_identity(&self) -> Result<String, Error> {
        Ok(self.identity()?.to_owned())
    }

    /// Draws this trustee's polynomials, keeps its own share, encrypts the others, and forgets the polynomials.
    ///
    /// # Errors
    /// [`Error::Numbers`], [`Error::Cipher`] for a recipient that is none, [`Error::Random`].
    pub fn deal(
        &mut self,
        attempt: &Attempt<'_>,
        number: u32,
        recipients: &[String],
    ) -> Result<Published, Error> {
        attempt.check(number)?;
        if recipients.len() != attempt.trustees as usize {
            return Err(Error::Numbers);
        }
        let dealing = Dealing::draw(attempt, &mut system_random)?;
        let commitments = dealing.commitments();
        let possession = dealing.possession(attempt, number, &commitments, &mut system_random)?;
        let mut shares = Vec::with_capacity(recipients.len());
        for (other, recipient) in (1..).zip(recipients) {
            if other != number {
                let plain = encode_scalars(&dealing.share(other));
                shares.push((other, envelope::encrypt(recipient, &plain)?));
            }
        }
        let own = encode_scalars(&dealing.share(number));
        self.entries.insert(OWN_SHARE.to_owned(), own);
        Ok(Published {
            commitments,
            possession,
            shares,
        })
    }

    /// Accepts iff the share that another trustee sent decrypts, has `M` canonical scalars and agrees with its commitments.
    ///
    /// # Errors
    /// [`Error::Cipher`], [`Error::Length`], [`Error::Scalar`], [`Error::Share`]; [`Error::Absent`] without identity.
    pub fn check_share(
        &self,
        attempt: &Attempt<'_>,
        number: u32,
        commitments: &[Coded],
        cipher: &[u8],
    ) -> Result<(), Error> {
        judge_share(self.identity()?, attempt, number, commitments, cipher)
    }

    /// Adds up the shares of all trustees, keeps the sums and destroys identity and shares.
    ///
    /// `ciphers` are the shares from the others, in trustee order; `verification` are the `Y_{d,i}` of this trustee.
    ///
    /// # Errors
    /// Those of [`Secret::check_share`]; [`Error::Share`] if a sum does not agree with its `Y`. Nothing is destroyed then.
    pub fn finish(
        &mut self,
        attempt: &Attempt<'_>,
        number: u32,
        ciphers: &[&[u8]],
        verification: &[Coded],
    ) -> Result<(), Error> {
        attempt.check(number)?;
        if ciphers.len() + 1 != attempt.trustees as usize {
            return Err(Error::Numbers);
        }
        let keys = attempt.keys as usize;
        let mut sums = self.scalars(OWN_SHARE)?;
        for cipher in ciphers {
            let share = open_share(self.identity()?, keys, cipher)?;
            for (sum, x) in sums.iter_mut().zip(share.iter()) {
                *sum += x;
            }
        }
        let agrees = |(s, y): (&Scalar, &Coded)| Coded::new(mul_base(s)).bytes == y.bytes;
        let full = sums.len() == keys && verification.len() == keys;
        if !full || !sums.iter().zip(verification).all(agrees) {
            return Err(Error::Share);
        }
        self.entries.insert(KEYS.to_owned(), encode_scalars(&sums));
        self.erase(IDENTITY);
        self.erase(OWN_SHARE);
        Ok(())
    }

    /// Opens this trustee's part of a sum whose keys are `first, first+1, …`, one for each `Y`.
    ///
    /// # Errors
    /// [`Error::Absent`] before the ceremony is done, [`Error::Numbers`] for keys that are not there, and those of
    /// [`partial_decrypt`].
    pub fn partial(
        &self,
        context: &SumContext<'_>,
        number: u32,
        first: usize,
        verification: &[Coded],
        a: &Coded,
    ) -> Result<Partial, Error> {
        let keys = self.scalars(KEYS)?;
        let end = first.saturating_add(verification.len());
        let secrets = keys.get(first..end).ok_or(Error::Numbers)?;
        partial_decrypt(
            context,
            number,
            secrets,
            verification,
            a,
            &mut system_random,
        )
    }

    /// Whether the sums of a finished ceremony are here.
    pub fn has_keys(&self) -> bool {
        self.entries.contains_key(KEYS)
    }

    /// Whether a one-time identity is here.
    pub fn has_identity(&self) -> bool {
        self.entries.contains_key(IDENTITY)
    }

    /// A note of the caller; empty if there is none.
    pub fn note(&self, name: &str) -> &[u8] {
        let found = self.entries.get(&format!("{NOTE}{name}"));
        found.map_or(&[], |bytes| bytes.as_slice())
    }

    /// Keeps a note of the caller; an empty one is removed.
    pub fn set_note(&mut self, name: &str, bytes: &[u8]) {
        let name = format!("{NOTE}{name}");
        if bytes.is_empty() {
            self.erase(&name);
        } else {
            self.entries.insert(name, Zeroizing::new(bytes.to_vec()));
        }
    }

    fn key(&self) -> Result<Key, Error> {
        Key::from_seed(self.entries.get(SIGNING).ok_or(Error::Absent)?)
    }

    fn identity(&self) -> Result<&str, Error> {
        let bytes = self.entries.get(IDENTITY).ok_or(Error::Absent)?;
        core::str::from_utf8(bytes).map_err(|_| Error::Absent)
    }

    fn scalars(&self, name: &str) -> Result<Zeroizing<Vec<Scalar>>, Error> {
        decode_scalars(self.entries.get(name).ok_or(Error::Absent)?)
    }

    /// `Zeroizing` overwrites what is removed.
    fn erase(&mut self, name: &str) {
        self.entries.remove(name);
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(sealed)")
    }
}

/// Accepts iff a share opened with `identity` decrypts, has `M` canonical scalars and agrees with its commitments.
///
/// # Errors
/// [`Error::Cipher`], [`Error::Length`], [`Error::Scalar`], [`Error::Share`], [`Error::Numbers`].
pub fn judge_share(
    identity: &str,
    attempt: &Attempt<'_>,
    number: u32,
    commitments: &[Coded],
    cipher: &[u8],
) -> Result<(), Error> {
    attempt.check(number)?;
    let share = open_share(identity, attempt.keys as usize, cipher)?;
    verify_share(attempt, number, commitments, &share)
}

fn open_share(identity: &str, keys: usize, cipher: &[u8]) -> Result<Zeroizing<Vec<Scalar>>, Error> {
    let plain = envelope::decrypt(identity, cipher)?;
    if plain.len() != 32 * keys {
        return Err(Error::Length {
            found: plain.len(),
            expected: 32 * keys,
        });
    }
    decode_scalars(&plain)
}

fn mul_base(s: &Scalar) -> curve25519_dalek::ristretto::RistrettoPoint {
    curve25519_dalek::ristretto::RistrettoPoint::mul_base(s)
}

fn system_random(out: &mut [u8; 64]) -> Result<(), Error> {
    getrandom::fill(out).map_err(|_| Error::Random)
}

fn encode_scalars(scalars: &[Scalar]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(32 * scalars.len()));
    for scalar in scalars {
        bytes.extend_from_slice(scalar.as_bytes());
    }
    bytes
}

fn decode_scalars(bytes: &[u8]) -> Result<Zeroizing<Vec<Scalar>>, Error> {
    let mut scalars = Zeroizing::new(Vec::with_capacity(bytes.len() / 32));
    for part in bytes.chunks(SCALAR_BYTES) {
        scalars.push(decode_scalar(part)?);
    }
    Ok(scalars)
}

/// `MAGIC`, then for each entry: length of name, name, length of value, value; lengths u32 little-endian.
fn encode(entries: &BTreeMap<String, Zeroizing<Vec<u8>>>) -> Zeroizing<Vec<u8>> {
    let size = entries
        .iter()
        .map(|(name, value)| 8 + name.len() + value.len());
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAGIC.len() + size.sum::<usize>()));
    bytes.extend_from_slice(MAGIC);
    for (name, value) in entries {
        for part in [name.as_bytes(), value.as_slice()] {
            bytes.extend_from_slice(&(part.len() as u32).to_le_bytes());
            bytes.extend_from_slice(part);
        }
    }
    bytes
}

fn parse(bytes: &[u8]) -> Option<BTreeMap<String, Zeroizing<Vec<u8>>>> {
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let mut entries = BTreeMap::new();
    while !rest.is_empty() {
        let name = take(&mut rest)?;
        let value = take(&mut rest)?;
        let name = core::str::from_utf8(name).ok()?.to_owned();
        entries.insert(name, Zeroizing::new(value.to_vec()));
    }
    Some(entries)
}

fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (part, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = after;
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dauys_core::ceremony::{public_keys, verify_possession};

    const ATTEMPT: Attempt<'static> = Attempt {
        vote_id: "test/1/0",
        attempt: 1,
        trustees: 3,
        threshold: 2,
        keys: 3,
    };

    #[test]
    fn a_ceremony_of_three() {
        let mut people: Vec<Secret> = (0..3).map(|_| Secret::create().expect("random")).collect();
        let recipients: Vec<String> = people
            .iter_mut()
            .map(|one| one.new_identity().expect("identity"))
            .collect();
        let dealt: Vec<Published> = (1..)
            .zip(people.iter_mut())
            .map(|(d, one)| one.deal(&ATTEMPT, d, &recipients).expect("deals"))
            .collect();
        let all: Vec<_> = dealt.iter().map(|one| one.commitments.clone()).collect();
        let public = public_keys(&ATTEMPT, &all).expect("three lists");
        for (d, one) in (1..).zip(&dealt) {
            let proof = verify_possession(&ATTEMPT, d, &one.commitments, &one.possession);
            assert_eq!(proof, Ok(()));
        }
        for (place, one) in people.iter_mut().enumerate() {
            let d = place as u32 + 1;
            let mine = |from: &Published| -> Vec<u8> {
                let found = from.shares.iter().find(|(to, _)| *to == d);
                found.map(|(_, cipher)| cipher.clone()).unwrap_or_default()
            };
            let others: Vec<_> = dealt.iter().map(mine).filter(|c| !c.is_empty()).collect();
            let next = &dealt[(place + 1) % 3];
            let share = mine(next);
            assert_eq!(
                one.check_share(&ATTEMPT, d, &next.commitments, &share),
                Ok(())
            );
            let wrong = &dealt[(place + 2) % 3].commitments;
            let verdict = one.check_share(&ATTEMPT, d, wrong, &share);
            assert_eq!(verdict, Err(Error::Share));
            let ciphers: Vec<&[u8]> = others.iter().map(Vec::as_slice).collect();
            let keys = &public.verification[place];
            let other = &public.verification[(place + 1) % 3];
            let refused = one.finish(&ATTEMPT, d, &ciphers, other);
            assert_eq!(refused, Err(Error::Share));
            assert!(one.has_identity() && !one.has_keys());
            assert_eq!(one.finish(&ATTEMPT, d, &ciphers, keys), Ok(()));
            assert!(!one.has_identity() && one.has_keys());
            assert_eq!(one.publish_identity(), Err(Error::Absent));
        }
    }

    #[test]
    fn a_sealed_secret_comes_back_whole() {
        let mut one = Secret::create().expect("random");
        one.new_identity().expect("identity");
        one.set_note("ledger", b"{}");
        let sealed = one.seal("pass", Some(2)).expect("seals");
        let again = Secret::open(&sealed, "pass").expect("opens");
        assert_eq!(again.public_key(), one.public_key());
        assert_eq!(again.publish_identity(), one.publish_identity());
        assert_eq!(again.note("ledger"), b"{}");
        assert_eq!(again.note("other"), b"");
        assert!(Secret::open(&sealed, "word").is_err());
        let foreign = envelope::seal("pass", Some(2), b"something else").expect("seals");
        assert!(matches!(
            Secret::open(&foreign, "pass"),
            Err(Error::Passphrase)
        ));
        assert_eq!(format!("{one:?}"), "Secret(sealed)");
    }
}

//! The bytes of a ballot, and the three hashes made of them: context, challenge chain, ballot hash.
//!
//! Wire form: format byte, length of the style id (1 byte), style id, `s₁` (16 bytes), then 32 bytes each of
//! `R`, `C_0 … C_{n−1}`, `P`, `Q`, `T`, the answers `f_j` but the last of each contest, `z`, `y`.

use crate::error::Error;
use crate::group::decode_scalar;
use crate::style::{Election, Layout};
use crate::transcript::{hash, hash_list, hash_to_scalar, weights};
use curve25519_dalek::scalar::Scalar;

/// First byte of every ballot. Never `{`, so that a log entry tells a ballot from JSON by it.
pub const FORMAT: u8 = 0x01;

/// Length of `s₁`, the card's number.
pub const CARD_BYTES: usize = 16;

/// A ballot taken apart by length alone; no point or scalar is decoded yet.
#[derive(Clone, Copy, Debug)]
pub struct Ballot<'a> {
    /// Place of its style.
    pub style: usize,
    /// The layout of its style.
    pub layout: &'a Layout,
    /// The card's number.
    pub s1: &'a [u8; CARD_BYTES],
    /// `R`, `C_i`, `P`, `Q`, `T`.
    pub points: &'a [[u8; 32]],
    /// `f_j`, `z`, `y`.
    pub scalars: &'a [[u8; 32]],
}

impl<'a> Ballot<'a> {
    /// Takes the bytes apart. All lengths are checked before any arithmetic.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::Format`], [`Error::Style`], in this order of reading.
    pub fn parse(election: &'a Election, bytes: &'a [u8]) -> Result<Self, Error> {
        let short = |expected| Error::Length {
            found: bytes.len(),
            expected,
        };
        let (&format, rest) = bytes.split_first().ok_or(short(1))?;
        if format != FORMAT {
            return Err(Error::Format);
        }
        let (&length, rest) = rest.split_first().ok_or(short(2))?;
        let header = 2 + usize::from(length);
        let (id, rest) = rest
            .split_at_checked(usize::from(length))
            .ok_or(short(header))?;
        let style = election.style(id)?;
        let layout = &election.layouts()[style];
        let expected = header + CARD_BYTES + 32 * (layout.points() + layout.scalars());
        if bytes.len() != expected {
            return Err(short(expected));
        }
        let (s1, rest) = rest
            .split_first_chunk::<CARD_BYTES>()
            .ok_or(short(expected))?;
        let (points, scalars) = rest.as_chunks::<32>().0.split_at(layout.points());
        Ok(Self {
            style,
            layout,
            s1,
            points,
            scalars,
        })
    }

    /// `R` as bytes.
    pub fn randomizer(&self) -> &[u8; 32] {
        &self.points[0]
    }

    /// `H(ballot)`: names the ballot in the log, on receipts and in every list.
    pub fn hash(&self, root: &[u8; 64], device: &str) -> [u8; 64] {
        let id = self.layout.id.as_bytes();
        let head: [&[u8]; 5] = [root, &[FORMAT], device.as_bytes(), id, self.s1];
        let (head_points, last_scalars) = (self.points, self.scalars);
        let all = Both(head_points, last_scalars);
        hash_list("ballot", &head, all.into_iter())
    }

    /// `ctx`: what ties a ballot to election, device, style and card.
    pub fn context(&self, root: &[u8; 64], device: &str) -> [u8; 64] {
        context(root, device, &self.layout.id, self.s1)
    }

    /// The weights `ρ` and the challenge `c` that the bytes of the ballot fix.
    pub fn chain(&self, ctx: &[u8; 64]) -> Chain {
        let (announced, last) = self.points.split_at(self.points.len() - 1);
        let first = first_hash(ctx, announced);
        Chain {
            rho: weights("rho", &first, self.layout.encrypted()),
            challenge: challenge(&first, &last[0]),
        }
    }

    /// The answers, decoded, with the last of each contest filled in: `f_last = c·L − Σ` of the others.
    ///
    /// # Errors
    /// [`Error::Scalar`] for an answer that is not reduced.
    pub fn answers(&self, challenge: &Scalar) -> Result<Answers, Error> {
        let decoded = self
            .scalars
            .iter()
            .map(|bytes| decode_scalar(bytes))
            .collect::<Result<Vec<_>, _>>()?;
        let mut f = Vec::with_capacity(self.layout.positions);
        let mut next = 0;
        for part in &self.layout.parts {
            let sent = &decoded[next..next + part.last() - part.start];
            next += sent.len();
            f.extend_from_slice(sent);
            f.push(challenge * Scalar::from(part.limit as u64) - sent.iter().sum::<Scalar>());
        }
        Ok(Answers {
            f,
            z: decoded[next],
            y: decoded[next + 1],
        })
    }
}

/// The weights and the challenge of one ballot.
#[derive(Clone, Debug)]
pub struct Chain {
    /// `ρ_i`, 128 bits each, one for every encrypted position.
    pub rho: Vec<u128>,
    /// `c`.
    pub challenge: Scalar,
}

/// The answers of one ballot, one `f` for every position.
#[derive(Clone, Debug)]
pub struct Answers {
    /// `f_j` for all `N` positions.
    pub f: Vec<Scalar>,
    /// `z`.
    pub z: Scalar,
    /// `y`.
    pub y: Scalar,
}

/// `ctx = H(context, root, device id, style id, s₁)`.
pub fn context(root: &[u8; 64], device: &str, style: &str, s1: &[u8; CARD_BYTES]) -> [u8; 64] {
    hash("context", &[root, device.as_bytes(), style.as_bytes(), s1])
}

/// `e₁ = H(first, ctx, R, C…, P, Q)`. Everything that `ρ` must depend on is in it.
pub fn first_hash(ctx: &[u8; 64], announced: &[[u8; 32]]) -> [u8; 64] {
    hash_list("first", &[ctx], announced.iter())
}

/// `c = Hs(second, e₁, T)`.
pub fn challenge(first: &[u8; 64], t: &[u8; 32]) -> Scalar {
    hash_to_scalar("second", &[first, t])
}

/// The ballot code: the first 100 bits of `H(ballot)`, big-endian, as 5 × 4 letters of Crockford base-32.
pub fn code(ballot_hash: &[u8; 64]) -> String {
    letters(ballot_hash, 20)
}

/// The first `count` groups of five bits, big-endian, in Crockford base-32, four letters to a group.
pub fn letters(bytes: &[u8], count: usize) -> String {
    let bit = |place: usize| (bytes[place / 8] >> (7 - place % 8)) & 1;
    let mut text = String::with_capacity(count + count / 4);
    for letter in 0..count {
        if letter > 0 && letter % 4 == 0 {
            text.push('-');
        }
        let value = (0..5).fold(0u8, |value, place| value * 2 + bit(5 * letter + place));
        text.push(char::from(
            b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[usize::from(value)],
        ));
    }
    text
}

/// Two lists of 32-byte parts as one list of known length.
struct Both<'a>(&'a [[u8; 32]], &'a [[u8; 32]]);

impl<'a> Both<'a> {
    fn into_iter(self) -> impl ExactSizeIterator<Item = &'a [u8; 32]> {
        let length = self.0.len();
        (0..length + self.1.len()).map(move |place| {
            if place < length {
                &self.0[place]
            } else {
                &self.1[place - length]
            }
        })
    }
}

//! One enum for everything this crate can refuse.

use core::fmt;

/// Why bytes or a proof were refused. The word of each variant is the `expect` word of the vectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The input does not have the length that the format fixes.
    Length {
        /// Bytes found.
        found: usize,
        /// Bytes expected.
        expected: usize,
    },
    /// 32 bytes that are not the canonical encoding of a ristretto255 element (RFC 9496 §4.3.1).
    Point,
    /// 32 bytes that are not a scalar below the group order.
    Scalar,
    /// The identity where a point with a logarithm is needed.
    Identity,
    /// Bytes that are not an Ed25519 key of large order in canonical form.
    Key,
    /// An Ed25519 signature that does not hold by the strict rule.
    Signature,
    /// The first byte of a ballot is not the format this crate knows.
    Format,
    /// A style that breaks its own rules, or a ballot that names a style that is not there.
    Style,
    /// Position keys that are the identity, `±B`, or `±` one another.
    Keys,
    /// Choices that do not fit the style: a number that is not 0 or 1, or a contest over its limit.
    Choice,
    /// The challenge `c` is zero.
    Challenge,
    /// Equation (1): the answers do not fit the commitments `P` and `Q`.
    Vector,
    /// Equation (2): the ciphertexts do not fit what is committed.
    Link,
    /// An opened challenge whose ballot cannot be rebuilt byte for byte.
    Rebuild,
    /// An opened challenge whose blanks are not filled from the left.
    Blanks,
    /// An opened challenge whose card secret is not that of the ballot.
    Card,
    /// An opened challenge whose `σ` is not under the root that the device committed to.
    Sigma,
    /// A proof of possession that does not hold.
    Possession,
    /// A trustee's share that does not agree with its maker's commitments.
    Share,
    /// A proof of equal logarithms that does not hold.
    Equal,
    /// No logarithm within the bound.
    Logarithm,
    /// Numbers of trustees, thresholds or indices that no ceremony has.
    Numbers,
    /// A file that age cannot open with this key.
    Cipher,
    /// A sealed file that this passphrase does not open.
    Passphrase,
    /// A secret that is not there yet, or no longer.
    Absent,
    /// The operating system gave no randomness.
    Random,
}

impl Error {
    /// The word used for this error in vectors and in reports.
    pub fn word(&self) -> &'static str {
        match self {
            Error::Length { .. } => "length",
            Error::Point => "point",
            Error::Scalar => "scalar",
            Error::Identity => "identity",
            Error::Key => "key",
            Error::Signature => "signature",
            Error::Format => "format",
            Error::Style => "style",
            Error::Keys => "keys",
            Error::Choice => "choice",
            Error::Challenge => "challenge",
            Error::Vector => "vector",
            Error::Link => "link",
            Error::Rebuild => "rebuild",
            Error::Blanks => "blanks",
            Error::Card => "card",
            Error::Sigma => "sigma",
            Error::Possession => "possession",
            Error::Share => "share",
            Error::Equal => "equal",
            Error::Logarithm => "logarithm",
            Error::Numbers => "numbers",
            Error::Cipher => "cipher",
            Error::Passphrase => "passphrase",
            Error::Absent => "absent",
            Error::Random => "random",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Error::Length { found, expected } => {
                return write!(f, "{found} bytes, expected {expected}");
            }
            Error::Point => "not a canonical ristretto255 encoding",
            Error::Scalar => "not a scalar below the group order",
            Error::Identity => "the identity where it must not stand",
            Error::Key => "not a canonical Ed25519 key of large order",
            Error::Signature => "the signature does not hold",
            Error::Format => "unknown ballot format",
            Error::Style => "not a style of this election",
            Error::Keys => "position keys are not independent points",
            Error::Choice => "choices do not fit the style",
            Error::Challenge => "the challenge is zero",
            Error::Vector => "equation (1) does not hold",
            Error::Link => "equation (2) does not hold",
            Error::Rebuild => "the ballot is not the one that the opening makes",
            Error::Blanks => "blanks are not filled from the left",
            Error::Card => "the card secret is not that of the ballot",
            Error::Sigma => "sigma is not under the committed root",
            Error::Possession => "the proof of possession does not hold",
            Error::Share => "the share does not agree with its maker's commitments",
            Error::Equal => "the proof of equal logarithms does not hold",
            Error::Logarithm => "no logarithm within the bound",
            Error::Numbers => "no such trustee, threshold or index",
            Error::Cipher => "age cannot open this with this key",
            Error::Passphrase => "wrong passphrase, or a damaged file",
            Error::Absent => "the secret is not there",
            Error::Random => "the operating system gave no randomness",
        };
        f.write_str(text)
    }
}

impl core::error::Error for Error {}

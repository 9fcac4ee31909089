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
}

impl Error {
    /// The word used for this error in vectors and in reports.
    pub fn word(&self) -> &'static str {
        match self {
            Error::Length { .. } => "length",
            Error::Point => "point",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Length { found, expected } => write!(f, "{found} bytes, expected {expected}"),
            Error::Point => write!(f, "not a canonical ristretto255 encoding"),
        }
    }
}

impl core::error::Error for Error {}

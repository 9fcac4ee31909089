//! Canonical decoding of ristretto255 points (RFC 9496). Nothing outside this module decodes.

use crate::error::Error;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};

/// Length of an encoded point in bytes.
pub const POINT_BYTES: usize = 32;

/// Decodes one point, refusing every encoding but the canonical one.
///
/// The length is checked before any arithmetic. Runs in variable time: for public data only.
///
/// # Errors
/// [`Error::Length`] if `bytes` are not 32; [`Error::Point`] if they are not canonical.
pub fn decode_point(bytes: &[u8]) -> Result<RistrettoPoint, Error> {
    let array: [u8; POINT_BYTES] = bytes.try_into().map_err(|_| Error::Length {
        found: bytes.len(),
        expected: POINT_BYTES,
    })?;
    CompressedRistretto(array).decompress().ok_or(Error::Point)
}

/// Encodes a point in its one canonical form.
pub fn encode_point(point: &RistrettoPoint) -> [u8; POINT_BYTES] {
    point.compress().to_bytes()
}

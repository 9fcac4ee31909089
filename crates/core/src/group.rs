//! Canonical decoding of ristretto255 points and scalars (RFC 9496). Nothing outside this module decodes.

use crate::error::Error;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::IsIdentity;

/// Length of an encoded point in bytes.
pub const POINT_BYTES: usize = 32;

/// Length of an encoded scalar in bytes.
pub const SCALAR_BYTES: usize = 32;

/// Decodes one point, refusing every encoding but the canonical one. The identity is a point.
///
/// The length is checked before any arithmetic. Runs in variable time: for public data only.
///
/// # Errors
/// [`Error::Length`] if `bytes` are not 32; [`Error::Point`] if they are not canonical.
pub fn decode_point(bytes: &[u8]) -> Result<RistrettoPoint, Error> {
    CompressedRistretto(exactly(bytes)?)
        .decompress()
        .ok_or(Error::Point)
}

/// Decodes one point that must not be the identity: randomizers `R`, keys, generators.
///
/// # Errors
/// Those of [`decode_point`], and [`Error::Identity`].
pub fn decode_point_not_identity(bytes: &[u8]) -> Result<RistrettoPoint, Error> {
    let point = decode_point(bytes)?;
    if point.is_identity() {
        return Err(Error::Identity);
    }
    Ok(point)
}

/// Decodes one scalar, refusing every value that is not below the group order.
///
/// # Errors
/// [`Error::Length`] if `bytes` are not 32; [`Error::Scalar`] if the value is not reduced.
pub fn decode_scalar(bytes: &[u8]) -> Result<Scalar, Error> {
    Option::from(Scalar::from_canonical_bytes(exactly(bytes)?)).ok_or(Error::Scalar)
}

/// Encodes a point in its one canonical form.
pub fn encode_point(point: &RistrettoPoint) -> [u8; POINT_BYTES] {
    point.compress().to_bytes()
}

/// The bytes as an array of the one length that is expected.
///
/// # Errors
/// [`Error::Length`] for any other length.
pub fn exactly<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Error> {
    bytes.try_into().map_err(|_| Error::Length {
        found: bytes.len(),
        expected: N,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT as BASE;

    #[test]
    fn a_point_comes_back() {
        let bytes = encode_point(&BASE);
        assert_eq!(decode_point(&bytes), Ok(BASE));
        assert_eq!(
            decode_point(&bytes[..31]),
            Err(Error::Length {
                found: 31,
                expected: 32
            })
        );
        assert_eq!(decode_point_not_identity(&[0; 32]), Err(Error::Identity));
    }

    #[test]
    fn negative_and_unreduced_points_are_refused() {
        let mut negative = [0; 32];
        negative[0] = 1;
        assert_eq!(decode_point(&negative), Err(Error::Point));
        assert_eq!(decode_point(&[0xff; 32]), Err(Error::Point));
    }

    #[test]
    fn the_order_itself_is_no_scalar() {
        let below = (-Scalar::ONE).to_bytes();
        let mut order = below;
        order[0] += 1;
        assert_eq!(decode_scalar(&below), Ok(-Scalar::ONE));
        assert_eq!(decode_scalar(&order), Err(Error::Scalar));
    }
}

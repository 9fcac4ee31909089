//! What batch verification needs of a group implementation, and the plain one on curve25519-dalek.
//!
//! The vectorised engines of [`crate::simd`] do the same with several points at once; which one runs is decided
//! when the program runs, and all give the same verdicts.

use crate::wide::Limbs;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{Identity, IsIdentity, VartimeMultiscalarMul};

/// Decoding, one multi-scalar multiplication compared with the identity, and sums. All in variable time.
pub trait Engine: Sync {
    /// A decoded point.
    type Point: Copy + Send + Sync;

    /// How many points one multi-scalar multiplication should have at most.
    const CHUNK: usize;

    /// Decodes points; the second list says which encodings were canonical. `hints` are never trusted.
    fn decode(
        &self,
        encoded: &[[u8; 32]],
        hints: Option<&[[u8; 32]]>,
    ) -> (Vec<Self::Point>, Vec<bool>);

    /// Whether `Σ coefficients·points` is the identity. Coefficients are below 2²⁵³.
    fn vanishes(&self, points: &[Self::Point], coefficients: &[Limbs]) -> bool;

    /// The encoded sum of the picked points, for each list of picks.
    fn sums(&self, points: &[Self::Point], picks: &[Vec<u32>]) -> Vec<[u8; 32]>;
}

/// curve25519-dalek as it is.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

impl Engine for Plain {
    type Point = RistrettoPoint;

    const CHUNK: usize = 16384;

    fn decode(
        &self,
        encoded: &[[u8; 32]],
        _hints: Option<&[[u8; 32]]>,
    ) -> (Vec<RistrettoPoint>, Vec<bool>) {
        let decoded = encoded
            .iter()
            .map(|bytes| CompressedRistretto(*bytes).decompress());
        decoded
            .map(|point| {
                (
                    point.unwrap_or_else(RistrettoPoint::identity),
                    point.is_some(),
                )
            })
            .unzip()
    }

    fn vanishes(&self, points: &[RistrettoPoint], coefficients: &[Limbs]) -> bool {
        let scalars = coefficients.iter().map(scalar);
        RistrettoPoint::vartime_multiscalar_mul(scalars, points.iter().copied()).is_identity()
    }

    fn sums(&self, points: &[RistrettoPoint], picks: &[Vec<u32>]) -> Vec<[u8; 32]> {
        let sum = |picks: &Vec<u32>| {
            picks
                .iter()
                .map(|&pick| points[pick as usize])
                .sum::<RistrettoPoint>()
        };
        picks
            .iter()
            .map(|picks| sum(picks).compress().to_bytes())
            .collect()
    }
}

/// A coefficient as a scalar of the group library.
fn scalar(limbs: &Limbs) -> Scalar {
    let mut bytes = [0u8; 32];
    for (chunk, limb) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(limbs) {
        *chunk = limb.to_le_bytes();
    }
    Scalar::from_bytes_mod_order(bytes)
}

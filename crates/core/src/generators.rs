//! Generators whose logarithms nobody knows: `U`, `V`, `G_j`, `G'_j`.
//!
//! Each is the one-way map of RFC 9496 §4.3.4 applied to the 64 bytes of `H(generator, name, index)`,
//! with the ASCII names `U`, `V` (index 0), `G` and `Gp`, and the index as 4 bytes little-endian.

use crate::transcript::{hash, index};
use curve25519_dalek::ristretto::RistrettoPoint;

/// The generator with this name and index.
pub fn generator(name: &str, place: usize) -> RistrettoPoint {
    RistrettoPoint::from_uniform_bytes(&hash("generator", &[name.as_bytes(), &index(place)]))
}

/// The generators of ballots with up to as many positions as the vectors hold.
#[derive(Clone, Debug)]
pub struct Generators {
    /// `U`, which blinds `P` and `Q`.
    pub u: RistrettoPoint,
    /// `V`, the slot of the randomness `r`.
    pub v: RistrettoPoint,
    /// `G_j`, the slots of the choices.
    pub g: Vec<RistrettoPoint>,
    /// `G'_j`, the slots of the products that prove bits.
    pub g_prime: Vec<RistrettoPoint>,
}

impl Generators {
    /// Generators for `positions` positions, blanks included. Those for more begin with the same ones.
    pub fn new(positions: usize) -> Self {
        Self {
            u: generator("U", 0),
            v: generator("V", 0),
            g: (0..positions).map(|place| generator("G", place)).collect(),
            g_prime: (0..positions).map(|place| generator("Gp", place)).collect(),
        }
    }
}

//! The coefficients of a batch's one sum of points; [`crate::batch`] says what they are.

use crate::ballot::{Answers, Chain};
use crate::style::Election;
use crate::transcript::hash;
use crate::wide::{Factor, Limbs, Sum, difference, limbs, short_product};
use curve25519_dalek::scalar::Scalar;

/// Bits of a private weight.
pub const WEIGHT_BITS: u32 = 96;

/// A ballot that is well formed but for its equations.
pub(crate) struct Statement {
    pub(crate) place: usize,
    pub(crate) first_point: usize,
    pub(crate) style: usize,
    pub(crate) chain: Chain,
    pub(crate) answers: Answers,
    pub(crate) inverse: Scalar,
}

/// Draws the private weights: new ones for every ballot, every equation and every round.
pub(crate) struct Weights<'a> {
    pub(crate) seed: &'a [u8; 32],
    pub(crate) start: usize,
    pub(crate) round: u64,
}

impl Weights<'_> {
    /// `α` and `κ`, 96 bits each and never zero.
    pub(crate) fn draw(&self, place: usize) -> (u128, u128) {
        let place = (self.start + place) as u64;
        let bytes = hash(
            "batch",
            &[self.seed, &place.to_le_bytes(), &self.round.to_le_bytes()],
        );
        let (parts, _) = bytes.as_chunks::<16>();
        let short = |at: usize| (u128::from_le_bytes(parts[at]) >> (128 - WEIGHT_BITS)).max(1);
        (short(0), short(1))
    }
}

/// The coefficients of one folded sum.
pub(crate) struct Fold {
    positions: usize,
    base: Sum,
    u: Sum,
    v: Sum,
    keys: Vec<Sum>,
    g: Vec<Sum>,
    g_prime: Vec<Sum>,
    pub(crate) coefficients: Vec<Limbs>,
}

impl Fold {
    pub(crate) fn new(election: &Election) -> Self {
        let positions = election.generators().g.len();
        Self {
            positions,
            base: Sum::default(),
            u: Sum::default(),
            v: Sum::default(),
            keys: vec![Sum::default(); election.keys().len()],
            g: vec![Sum::default(); positions],
            g_prime: vec![Sum::default(); positions],
            coefficients: Vec::new(),
        }
    }

    /// Adds one ballot with its weights; see the head of this module for the terms.
    pub(crate) fn add(
        &mut self,
        keys: &[usize],
        places: &[usize],
        statement: &Statement,
        alpha: u128,
        kappa: u128,
    ) {
        let Answers { f, z, y } = &statement.answers;
        let alpha_c = Scalar::from(alpha) * statement.inverse;
        let kappa_c = Scalar::from(kappa) * statement.inverse;
        let alpha_limbs = [alpha as u64, (alpha >> 64) as u64, 0, 0];
        let f: Vec<Limbs> = f.iter().map(limbs).collect();
        let (a, k) = (limbs(&alpha_c), limbs(&kappa_c));
        self.u.add_product(&a, &limbs(y));
        self.v.add_product(&a, &limbs(z));
        let factor = Factor::new(&alpha_c);
        for (place, f) in f.iter().enumerate() {
            let g = factor.times(f);
            self.g[place].add(&g);
            self.g_prime[place].add_product(f, &difference(&alpha_limbs, &g));
        }
        let z_kappa = limbs(&(z * kappa_c));
        self.base.add(&z_kappa);
        let mut chosen = Sum::default();
        for ((&rho, &key), &place) in statement.chain.rho.iter().zip(keys).zip(places) {
            self.keys[key].add_short_product(&z_kappa, rho);
            chosen.add_short_product(&f[place], rho);
        }
        self.base.add_product(&k, &limbs(&chosen.reduce()));
        self.coefficients
            .push([kappa as u64, (kappa >> 64) as u64, 0, 0]);
        self.coefficients.extend(
            statement
                .chain
                .rho
                .iter()
                .map(|&rho| short_product(kappa, rho)),
        );
        self.coefficients.extend([alpha_limbs, a, k]);
    }

    /// Appends the fixed bases that occur, with minus their coefficients.
    pub(crate) fn finish<P: Copy>(self, fixed: &[P], points: &mut Vec<P>) -> Vec<Limbs> {
        let mut coefficients = self.coefficients;
        let sums = [&self.base, &self.u, &self.v]
            .into_iter()
            .chain(&self.keys)
            .chain(&self.g)
            .chain(&self.g_prime);
        debug_assert_eq!(fixed.len(), 3 + self.keys.len() + 2 * self.positions);
        for (sum, base) in sums.zip(fixed) {
            let scalar = -sum.reduce();
            if scalar != Scalar::ZERO {
                coefficients.push(limbs(&scalar));
                points.push(*base);
            }
        }
        coefficients
    }
}

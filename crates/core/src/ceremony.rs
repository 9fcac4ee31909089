//! The key ceremony: any `t` of `v` trustees open sums, fewer open nothing (`spec/trustees.md` §3).
//!
//! ```text
//! F_{i,l} = x_{i,l}·B            for key i < M and l < t, the coefficients x independent and random
//! e = Hs(pop, vote id, attempt, v, t, M, d, all F, W)      y = w + Σ_i e^{i+1}·x_{i,0}
//! x_{d→d′,i} = Σ_l d′^l·x_{i,l}
//! h_i = Σ_d F_{d,i,0}            Y_{d,i} = Σ_{d′} Σ_l d^l·F_{d′,i,l}
//! ```
//! **Source:** Pedersen 1991 (threshold keys without a dealer), Feldman 1987 (verifiable shares), Gennaro, Leigh,
//! Sundaram, Yerazunis 2004 (batch proof of possession).

use crate::error::Error;
use crate::transcript::hash_list_to_scalar;
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT as BASE;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{Identity, IsIdentity, VartimeMultiscalarMul};
use std::collections::HashMap;
use zeroize::Zeroizing;

/// Where randomness comes from: fills 64 bytes or refuses with [`Error::Random`].
pub type Fill<'a> = dyn FnMut(&mut [u8; 64]) -> Result<(), Error> + 'a;

/// A public point with its encoding, so that hashing does not encode again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coded {
    /// The point.
    pub point: RistrettoPoint,
    /// Its canonical 32 bytes.
    pub bytes: [u8; 32],
}

impl Coded {
    /// The point with its encoding.
    pub fn new(point: RistrettoPoint) -> Self {
        Self {
            point,
            bytes: crate::group::encode_point(&point),
        }
    }

    /// Decodes canonical bytes.
    ///
    /// # Errors
    /// Those of [`crate::group::decode_point`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        Ok(Self {
            point: crate::group::decode_point(bytes)?,
            bytes: crate::group::exactly(bytes)?,
        })
    }
}

/// One uniform scalar.
///
/// # Errors
/// [`Error::Random`].
pub fn random_scalar(fill: &mut Fill<'_>) -> Result<Scalar, Error> {
    let mut wide = Zeroizing::new([0u8; 64]);
    fill(&mut wide)?;
    Ok(Scalar::from_bytes_mod_order_wide(&wide))
}

/// What an attempt at a ceremony is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt<'a> {
    /// `election/round/repeat`.
    pub vote_id: &'a str,
    /// Counted from 1.
    pub attempt: u32,
    /// Trustees.
    pub trustees: u32,
    /// How many of them open a sum.
    pub threshold: u32,
    /// Position keys `M`.
    pub keys: u32,
}

impl Attempt<'_> {
    /// Checks `2 ≤ t ≤ v ≤ 64`, `1 ≤ M ≤ 65,536` and that `number` is one of `1…v`.
    ///
    /// # Errors
    /// [`Error::Numbers`]. Number 0 would be the secret itself.
    pub fn check(&self, number: u32) -> Result<(), Error> {
        let good = (2..=self.trustees).contains(&self.threshold)
            && self.trustees <= 64
            && (1..=65_536).contains(&self.keys)
            && self.attempt >= 1
            && (1..=self.trustees).contains(&number);
        if good { Ok(()) } else { Err(Error::Numbers) }
    }

    /// How many commitments a trustee publishes: exactly `t` for each key.
    pub fn commitments(&self) -> usize {
        self.keys as usize * self.threshold as usize
    }

    fn check_commitments(&self, found: usize) -> Result<(), Error> {
        let expected = self.commitments();
        if found == expected {
            Ok(())
        } else {
            Err(Error::Length { found, expected })
        }
    }
}

/// A trustee's secret polynomials, one for each key. Erased when dropped.
pub struct Dealing {
    threshold: usize,
    coefficients: Zeroizing<Vec<Scalar>>,
}

impl Dealing {
    /// Draws `M·t` independent coefficients; position keys are never derived from one another.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn draw(attempt: &Attempt<'_>, fill: &mut Fill<'_>) -> Result<Self, Error> {
        // The full capacity at once: a growing vector would leave copies behind.
        let mut coefficients = Zeroizing::new(Vec::with_capacity(attempt.commitments()));
        for _ in 0..attempt.commitments() {
            coefficients.push(random_scalar(fill)?);
        }
        Ok(Self {
            threshold: attempt.threshold as usize,
            coefficients,
        })
    }

    /// `F_{i,l}`, in order of `i`, then `l`. Constant time in the coefficients.
    pub fn commitments(&self) -> Vec<Coded> {
        let points = self.coefficients.iter().map(RistrettoPoint::mul_base);
        points.map(Coded::new).collect()
    }

    /// The share for trustee `number`: one scalar for each key.
    pub fn share(&self, number: u32) -> Zeroizing<Vec<Scalar>> {
        let x = Scalar::from(number);
        let horner = |row: &[Scalar]| row.iter().rev().fold(Scalar::ZERO, |sum, c| sum * x + c);
        let rows = self.coefficients.chunks_exact(self.threshold);
        Zeroizing::new(rows.map(horner).collect())
    }

    /// One proof that the maker knows every `x_{i,0}`.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn possession(
        &self,
        attempt: &Attempt<'_>,
        number: u32,
        commitments: &[Coded],
        fill: &mut Fill<'_>,
    ) -> Result<Possession, Error> {
        let w = Zeroizing::new(random_scalar(fill)?);
        let w_point = Coded::new(RistrettoPoint::mul_base(&w));
        let e = possession_challenge(attempt, number, commitments, &w_point);
        let firsts = self.coefficients.iter().step_by(self.threshold);
        // Horner from the last key: Σ e^{i+1}·x_i = e·(x_0 + e·(x_1 + …)).
        let sum = Zeroizing::new(firsts.rev().fold(Scalar::ZERO, |sum, x| (sum + x) * e));
        Ok(Possession {
            w: w_point,
            y: *w + *sum,
        })
    }
}

/// A proof of possession `(W, y)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Possession {
    /// `W = w·B`.
    pub w: Coded,
    /// `y = w + Σ e^{i+1}·x_{i,0}`.
    pub y: Scalar,
}

/// Accepts iff `y·B = W + Σ_i e^{i+1}·F_{i,0}`. Public data only.
///
/// # Errors
/// [`Error::Numbers`], [`Error::Length`] unless there are exactly `M·t` commitments, [`Error::Possession`].
pub fn verify_possession(
    attempt: &Attempt<'_>,
    number: u32,
    commitments: &[Coded],
    proof: &Possession,
) -> Result<(), Error> {
    attempt.check(number)?;
    attempt.check_commitments(commitments.len())?;
    let e = possession_challenge(attempt, number, commitments, &proof.w);
    let powers = core::iter::successors(Some(e), |power| Some(power * e));
    let firsts = commitments.iter().step_by(attempt.threshold as usize);
    let scalars: Vec<Scalar> = core::iter::once(-proof.y)
        .chain(powers.take(attempt.keys as usize))
        .collect();
    let points = core::iter::once(BASE).chain(firsts.map(|f| f.point));
    let sum = RistrettoPoint::vartime_multiscalar_mul(scalars, points);
    if (sum + proof.w.point).is_identity() {
        Ok(())
    } else {
        Err(Error::Possession)
    }
}

fn possession_challenge(
    attempt: &Attempt<'_>,
    number: u32,
    commitments: &[Coded],
    w: &Coded,
) -> Scalar {
    let head: [&[u8]; 6] = [
        attempt.vote_id.as_bytes(),
        &attempt.attempt.to_le_bytes(),
        &attempt.trustees.to_le_bytes(),
        &attempt.threshold.to_le_bytes(),
        &attempt.keys.to_le_bytes(),
        &number.to_le_bytes(),
    ];
    let mut list: Vec<&[u8]> = commitments.iter().map(|f| f.bytes.as_slice()).collect();
    list.push(&w.bytes);
    hash_list_to_scalar("pop", &head, list.iter())
}

/// Accepts iff `x_i·B = Σ_l number^l·F_{i,l}` for every key. Constant time in the share.
///
/// # Errors
/// [`Error::Numbers`], [`Error::Length`], [`Error::Share`].
pub fn verify_share(
    attempt: &Attempt<'_>,
    number: u32,
    commitments: &[Coded],
    share: &[Scalar],
) -> Result<(), Error> {
    attempt.check(number)?;
    attempt.check_commitments(commitments.len())?;
    let expected = attempt.keys as usize;
    if share.len() != expected {
        let found = share.len();
        return Err(Error::Length { found, expected });
    }
    let rows = commitments.chunks_exact(attempt.threshold as usize);
    let agrees = |(x, row): (&Scalar, &[Coded])| {
        RistrettoPoint::mul_base(x) == at(number, row.iter().map(|f| f.point))
    };
    if share.iter().zip(rows).all(agrees) {
        Ok(())
    } else {
        Err(Error::Share)
    }
}

/// What a finished ceremony publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKeys {
    /// `h_i`.
    pub keys: Vec<Coded>,
    /// `Y_{d,i}`: first index trustee `d − 1`, second key `i`.
    pub verification: Vec<Vec<Coded>>,
}

/// The keys that follow from the commitments of all trustees, in trustee order.
///
/// # Errors
/// [`Error::Numbers`] unless there are `v` lists, [`Error::Length`] unless each has `M·t` commitments.
pub fn public_keys(attempt: &Attempt<'_>, all: &[Vec<Coded>]) -> Result<PublicKeys, Error> {
    attempt.check(attempt.trustees)?;
    if all.len() != attempt.trustees as usize {
        return Err(Error::Numbers);
    }
    let mut sums = vec![RistrettoPoint::identity(); attempt.commitments()];
    for list in all {
        attempt.check_commitments(list.len())?;
        for (sum, f) in sums.iter_mut().zip(list) {
            *sum += f.point;
        }
    }
    let width = attempt.threshold as usize;
    let keys_at = |number: u32| -> Vec<Coded> {
        let rows = sums.chunks_exact(width);
        rows.map(|row| Coded::new(at(number, row.iter().copied())))
            .collect()
    };
    Ok(PublicKeys {
        keys: keys_at(0),
        verification: (1..=attempt.trustees).map(keys_at).collect(),
    })
}

/// A fault of position keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeakKey {
    /// This key is the identity or `±B`.
    Alone(usize),
    /// These two keys are equal or opposite.
    Pair(usize, usize),
}

/// The first fault of position keys: each must be neither the identity nor `±B`, no two equal or opposite.
pub fn weak_key(keys: &[Coded]) -> Option<WeakKey> {
    let mut seen: HashMap<[u8; 32], usize> = HashMap::with_capacity(2 * keys.len());
    for (place, key) in keys.iter().enumerate() {
        if key.point.is_identity() || key.point == BASE || key.point == -BASE {
            return Some(WeakKey::Alone(place));
        }
        if let Some(other) = seen.get(&key.bytes) {
            return Some(WeakKey::Pair(*other, place));
        }
        seen.insert(key.bytes, place);
        seen.insert(crate::group::encode_point(&-key.point), place);
    }
    None
}

/// `Σ_l number^l·P_l`, by Horner with a multiplier of at most seven bits. Public data only.
fn at(number: u32, row: impl DoubleEndedIterator<Item = RistrettoPoint>) -> RistrettoPoint {
    row.rev().fold(RistrettoPoint::identity(), |sum, point| {
        times(number, &sum) + point
    })
}

/// `number·P` by doubling and adding. Public data only.
pub(crate) fn times(number: u32, point: &RistrettoPoint) -> RistrettoPoint {
    let bits = (0..u32::BITS - number.leading_zeros()).rev();
    bits.fold(RistrettoPoint::identity(), |sum, bit| {
        let doubled = sum + sum;
        if number >> bit & 1 == 1 {
            doubled + point
        } else {
            doubled
        }
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::transcript::hash;

    /// Randomness of tests: hashes of a counter.
    pub(crate) fn counter(seed: u8) -> impl FnMut(&mut [u8; 64]) -> Result<(), Error> {
        let mut next = 0u32;
        move |out| {
            next += 1;
            *out = hash("test", &[&[seed], &next.to_le_bytes()]);
            Ok(())
        }
    }

    const ATTEMPT: Attempt<'static> = Attempt {
        vote_id: "test/1/0",
        attempt: 1,
        trustees: 5,
        threshold: 3,
        keys: 4,
    };

    fn deal(number: u32) -> (Dealing, Vec<Coded>, Possession) {
        let mut fill = counter(number as u8);
        let dealing = Dealing::draw(&ATTEMPT, &mut fill).expect("random");
        let commitments = dealing.commitments();
        let proof = dealing
            .possession(&ATTEMPT, number, &commitments, &mut fill)
            .expect("random");
        (dealing, commitments, proof)
    }

    #[test]
    fn shares_and_keys_agree() {
        let dealt: Vec<_> = (1..=5).map(deal).collect();
        let all: Vec<_> = dealt.iter().map(|(_, f, _)| f.clone()).collect();
        let public = public_keys(&ATTEMPT, &all).expect("five lists");
        assert_eq!(weak_key(&public.keys), None);
        for number in 1..=5u32 {
            for (dealing, commitments, _) in &dealt {
                let share = dealing.share(number);
                assert_eq!(verify_share(&ATTEMPT, number, commitments, &share), Ok(()));
            }
            for key in 0..4 {
                let s: Scalar = dealt
                    .iter()
                    .map(|(dealing, _, _)| dealing.share(number)[key])
                    .sum();
                let y = public.verification[number as usize - 1][key].point;
                assert_eq!(RistrettoPoint::mul_base(&s), y);
            }
        }
        let wrong = dealt[0].0.share(2);
        let refused = verify_share(&ATTEMPT, 3, &dealt[0].1, &wrong);
        assert_eq!(refused, Err(Error::Share));
        let refused = verify_share(&ATTEMPT, 0, &dealt[0].1, &wrong);
        assert_eq!(refused, Err(Error::Numbers));
        assert!(verify_share(&ATTEMPT, 2, &dealt[0].1, &wrong[1..]).is_err());
    }

    #[test]
    fn possession_is_bound_to_everything() {
        let (_, commitments, proof) = deal(2);
        let verify = |attempt: &Attempt<'_>, number, list: &[Coded], proof: &Possession| {
            verify_possession(attempt, number, list, proof)
        };
        assert_eq!(verify(&ATTEMPT, 2, &commitments, &proof), Ok(()));
        let no = Err(Error::Possession);
        assert_eq!(verify(&ATTEMPT, 1, &commitments, &proof), no);
        let attempt = Attempt {
            attempt: 2,
            ..ATTEMPT
        };
        assert_eq!(verify(&attempt, 2, &commitments, &proof), no);
        let round = Attempt {
            vote_id: "test/2/0",
            ..ATTEMPT
        };
        assert_eq!(verify(&round, 2, &commitments, &proof), no);
        let more = Attempt {
            trustees: 6,
            ..ATTEMPT
        };
        assert_eq!(verify(&more, 2, &commitments, &proof), no);
        for place in 0..commitments.len() {
            let mut other = commitments.clone();
            other[place] = Coded::new(other[place].point + BASE);
            assert_eq!(verify(&ATTEMPT, 2, &other, &proof), no, "{place}");
        }
        let y = Possession {
            y: proof.y + Scalar::ONE,
            ..proof
        };
        assert_eq!(verify(&ATTEMPT, 2, &commitments, &y), no);
        assert!(verify(&ATTEMPT, 2, &commitments[1..], &proof).is_err());
    }

    #[test]
    fn weak_keys_are_found() {
        let p = |n: u64| Coded::new(BASE * Scalar::from(n));
        let minus = |n: u64| Coded::new(-(BASE * Scalar::from(n)));
        assert_eq!(weak_key(&[p(2), p(3)]), None);
        assert_eq!(weak_key(&[p(2), p(0)]), Some(WeakKey::Alone(1)));
        assert_eq!(weak_key(&[p(1)]), Some(WeakKey::Alone(0)));
        assert_eq!(weak_key(&[minus(1)]), Some(WeakKey::Alone(0)));
        assert_eq!(weak_key(&[p(2), p(3), p(2)]), Some(WeakKey::Pair(0, 2)));
        assert_eq!(weak_key(&[p(2), minus(2)]), Some(WeakKey::Pair(0, 1)));
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        for (v, t, m, number, good) in [
            (5, 3, 4, 1, true),
            (5, 3, 4, 0, false),
            (5, 3, 4, 6, false),
            (5, 1, 4, 1, false),
            (5, 6, 4, 1, false),
            (65, 3, 4, 1, false),
            (5, 3, 0, 1, false),
        ] {
            let attempt = Attempt {
                trustees: v,
                threshold: t,
                keys: m,
                ..ATTEMPT
            };
            assert_eq!(attempt.check(number).is_ok(), good, "{v} {t} {m} {number}");
        }
    }
}

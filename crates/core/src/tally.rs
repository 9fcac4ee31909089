//! Opening a sum: partial decryptions with their proof, and their combination (`spec/trustees.md` §5).
//!
//! ```text
//! D_i = s_i·A     e_t = H(tally, root, wave hash, unit, contest, S, A, d, all Y, all D)     μ from H(mu, e_t, b)
//! W₁ = wB, W₂ = wA, c = Hs(tally2, e_t, W₁, W₂), z = w + c·Σμ_i s_i
//! zB = W₁ + c·Σμ_i Y_i     zA = W₂ + c·Σμ_i D_i     n·B = E_i − Σ_d λ_d·D_{d,i}
//! ```
//! **Source:** Chaum and Pedersen 1992 (equal logarithms); weights after all `D`, else wrong ones pass.

use crate::ceremony::{Coded, Fill, random_scalar, times};
use crate::dlog::SmallLog;
use crate::error::Error;
use crate::transcript::{HASH_BYTES, hash_list, hash_to_scalar, weights};
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT as BASE;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{IsIdentity, VartimeMultiscalarMul};
use zeroize::Zeroizing;

/// Which sum is opened.
#[derive(Clone, Copy, Debug)]
pub struct SumContext<'a> {
    /// Election root, or rehearsal root.
    pub root: &'a [u8; HASH_BYTES],
    /// `H(wave, root, entry)`.
    pub wave: &'a [u8; HASH_BYTES],
    /// Unit id.
    pub unit: &'a str,
    /// Contest id.
    pub contest: &'a str,
    /// `S`, the hash over the ballots of the sum.
    pub set: &'a [u8; HASH_BYTES],
}

/// One trustee's partial decryption of one sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// `D_i`, one for each option.
    pub d: Vec<Coded>,
    /// `W₁ = wB`.
    pub w1: Coded,
    /// `W₂ = wA`.
    pub w2: Coded,
    /// `z = w + c·Σμ_i s_i`.
    pub z: Scalar,
}

/// Makes `D_i = s_i·A` and their proof. Constant time in the secrets.
///
/// # Errors
/// [`Error::Identity`] if `A` is, [`Error::Length`] unless there are as many secrets as verification keys, [`Error::Random`].
pub fn partial_decrypt(
    context: &SumContext<'_>,
    number: u32,
    secrets: &[Scalar],
    verification: &[Coded],
    a: &Coded,
    fill: &mut Fill<'_>,
) -> Result<Partial, Error> {
    check_sum(a, secrets.len(), verification.len())?;
    let d: Vec<Coded> = secrets.iter().map(|s| Coded::new(a.point * s)).collect();
    let seed = tally_seed(context, number, verification, a, &d);
    let w = Zeroizing::new(random_scalar(fill)?);
    let (w1, w2) = (
        Coded::new(RistrettoPoint::mul_base(&w)),
        Coded::new(a.point * *w),
    );
    let c = hash_to_scalar("tally2", &[&seed, &w1.bytes, &w2.bytes]);
    let mu = weights("mu", &seed, secrets.len());
    let products = mu.iter().zip(secrets).map(|(m, s)| Scalar::from(*m) * s);
    let sum = Zeroizing::new(products.sum::<Scalar>());
    let z = *w + c * *sum;
    Ok(Partial { d, w1, w2, z })
}

/// Accepts iff all `D_i` have the same logarithm to `A` as `Y_i` to `B`. Public data only.
///
/// # Errors
/// [`Error::Identity`] if `A` is, [`Error::Length`] unless there is one `D` for each `Y`, [`Error::Equal`].
pub fn verify_partial(
    context: &SumContext<'_>,
    number: u32,
    verification: &[Coded],
    a: &Coded,
    partial: &Partial,
) -> Result<(), Error> {
    check_sum(a, partial.d.len(), verification.len())?;
    let seed = tally_seed(context, number, verification, a, &partial.d);
    let c = hash_to_scalar("tally2", &[&seed, &partial.w1.bytes, &partial.w2.bytes]);
    let mu: Vec<Scalar> = weights("mu", &seed, verification.len())
        .into_iter()
        .map(Scalar::from)
        .collect();
    // Both equations in one sum; the weight of the second hangs on everything, so that errors cannot cancel.
    let weight = hash_to_scalar(
        "tally-check",
        &[
            &seed,
            &partial.w1.bytes,
            &partial.w2.bytes,
            partial.z.as_bytes(),
        ],
    );
    let first = mu.iter().map(|m| c * m);
    let second = mu.iter().map(|m| weight * c * m);
    let scalars = first
        .chain(second)
        .chain([-partial.z, -weight * partial.z, weight]);
    let points = verification.iter().chain(&partial.d).map(|p| p.point);
    let points = points.chain([BASE, a.point, partial.w2.point]);
    let sum = RistrettoPoint::vartime_multiscalar_mul(scalars, points);
    if (sum + partial.w1.point).is_identity() {
        Ok(())
    } else {
        Err(Error::Equal)
    }
}

/// Lagrange coefficients at 0 for these trustees.
///
/// # Errors
/// [`Error::Numbers`] if a number is 0 or stands twice.
pub fn lagrange(numbers: &[u32]) -> Result<Vec<Scalar>, Error> {
    let mut found = Vec::with_capacity(numbers.len());
    for (place, d) in numbers.iter().enumerate() {
        let (mut over, mut under) = (Scalar::ONE, Scalar::ONE);
        for (other, e) in numbers.iter().enumerate() {
            if other != place {
                over *= Scalar::from(*e);
                under *= Scalar::from(*e) - Scalar::from(*d);
            }
        }
        if *d == 0 || under == Scalar::ZERO {
            return Err(Error::Numbers);
        }
        found.push(over * under.invert());
    }
    Ok(found)
}

/// The totals of the options of a sum, from exactly the partial decryptions given; all must have been verified.
///
/// # Errors
/// [`Error::Numbers`] for a repeated trustee or none, [`Error::Length`] unless each has one `D` for each `E`,
/// [`Error::Logarithm`] if a total is not between 0 and `ballots`.
pub fn combine(
    parts: &[(u32, &[Coded])],
    e: &[RistrettoPoint],
    ballots: u64,
) -> Result<Vec<u64>, Error> {
    let numbers: Vec<u32> = parts.iter().map(|(number, _)| *number).collect();
    if numbers.is_empty() {
        return Err(Error::Numbers);
    }
    let lambda = lagrange(&numbers)?;
    for (_, d) in parts {
        if d.len() != e.len() {
            return Err(Error::Length {
                found: d.len(),
                expected: e.len(),
            });
        }
    }
    let opened: Vec<RistrettoPoint> = (0..e.len())
        .map(|i| e[i] - weighted_sum(&lambda, parts.iter().map(|(_, d)| d[i].point)))
        .collect();
    let found = SmallLog::shared().find(&opened, ballots);
    found
        .into_iter()
        .map(|n| n.ok_or(Error::Logarithm))
        .collect()
}

/// `Σ λ·P`. The first trustees have small integers for λ, which a few additions multiply by. Public data only.
fn weighted_sum(
    scalars: &[Scalar],
    points: impl Iterator<Item = RistrettoPoint>,
) -> RistrettoPoint {
    let small: Option<Vec<(u32, bool)>> = scalars.iter().map(as_small).collect();
    let Some(small) = small else {
        return RistrettoPoint::vartime_multiscalar_mul(scalars, points);
    };
    let products = small.iter().zip(points).map(|((number, negative), point)| {
        let product = times(*number, &point);
        if *negative { -product } else { product }
    });
    products.sum()
}

/// A scalar that is an integer of at most 16 bits or its negative.
fn as_small(scalar: &Scalar) -> Option<(u32, bool)> {
    let short = |bytes: &[u8; 32]| {
        let high = bytes[2..].iter().all(|byte| *byte == 0);
        high.then(|| u32::from(bytes[0]) | u32::from(bytes[1]) << 8)
    };
    let positive = short(scalar.as_bytes()).map(|number| (number, false));
    positive.or_else(|| short((-scalar).as_bytes()).map(|number| (number, true)))
}

fn check_sum(a: &Coded, found: usize, expected: usize) -> Result<(), Error> {
    if a.point.is_identity() {
        return Err(Error::Identity);
    }
    if found == expected {
        Ok(())
    } else {
        Err(Error::Length { found, expected })
    }
}

fn tally_seed(
    context: &SumContext<'_>,
    number: u32,
    verification: &[Coded],
    a: &Coded,
    d: &[Coded],
) -> [u8; HASH_BYTES] {
    let number = number.to_le_bytes();
    let head: [&[u8]; 7] = [
        context.root,
        context.wave,
        context.unit.as_bytes(),
        context.contest.as_bytes(),
        context.set,
        &a.bytes,
        &number,
    ];
    let list: Vec<[u8; 32]> = verification.iter().chain(d).map(|p| p.bytes).collect();
    hash_list("tally", &head, list.iter())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceremony::tests::counter;

    const ROOT: [u8; 64] = [1; 64];
    const WAVE: [u8; 64] = [2; 64];
    const SET: [u8; 64] = [3; 64];
    const CONTEXT: SumContext<'static> = SumContext {
        root: &ROOT,
        wave: &WAVE,
        unit: "0412",
        contest: "list",
        set: &SET,
    };

    struct Sum {
        secrets: Vec<Vec<Scalar>>,
        verification: Vec<Vec<Coded>>,
        a: Coded,
        e: Vec<RistrettoPoint>,
    }

    /// A sum with these totals, keys shared 3 of 5.
    fn sum(totals: &[u64]) -> Sum {
        let mut fill = counter(9);
        let mut draw = || random_scalar(&mut fill).expect("random");
        let polynomials: Vec<[Scalar; 3]> =
            totals.iter().map(|_| [draw(), draw(), draw()]).collect();
        let r = draw();
        let share = |x: u64| -> Vec<Scalar> {
            let x = Scalar::from(x);
            let rows = polynomials.iter();
            rows.map(|p| p[0] + x * (p[1] + x * p[2])).collect()
        };
        let secrets: Vec<_> = (1..=5).map(share).collect();
        let public = |row: &Vec<Scalar>| row.iter().map(|s| Coded::new(BASE * s)).collect();
        let rows = polynomials.iter().zip(totals);
        Sum {
            verification: secrets.iter().map(public).collect(),
            a: Coded::new(BASE * r),
            e: rows
                .map(|(p, n)| BASE * (p[0] * r + Scalar::from(*n)))
                .collect(),
            secrets,
        }
    }

    fn open(sum: &Sum, number: u32) -> Partial {
        let place = number as usize - 1;
        let (secrets, keys) = (&sum.secrets[place], &sum.verification[place]);
        let mut fill = counter(100 + number as u8);
        partial_decrypt(&CONTEXT, number, secrets, keys, &sum.a, &mut fill).expect("a sum")
    }

    #[test]
    fn every_subset_of_three_opens_the_same() {
        let totals = [0, 1, 412, 7, 3000];
        let sum = sum(&totals);
        let partials: Vec<Partial> = (1..=5).map(|d| open(&sum, d)).collect();
        for (d, partial) in (1..).zip(&partials) {
            let keys = &sum.verification[d as usize - 1];
            assert_eq!(verify_partial(&CONTEXT, d, keys, &sum.a, partial), Ok(()));
        }
        for x in 1..=5u32 {
            for y in x + 1..=5 {
                for z in y + 1..=5 {
                    let part = |d: u32| (d, partials[d as usize - 1].d.as_slice());
                    let parts = [part(x), part(y), part(z)];
                    assert_eq!(combine(&parts, &sum.e, 3000), Ok(totals.to_vec()));
                }
            }
        }
        let part = |d: u32| (d, partials[d as usize - 1].d.as_slice());
        let few = combine(&[part(1), part(2)], &sum.e, 3000);
        assert_eq!(few, Err(Error::Logarithm));
        let low = combine(&[part(1), part(2), part(3)], &sum.e, 2999);
        assert_eq!(low, Err(Error::Logarithm));
        let twice = combine(&[part(1), part(2), part(2)], &sum.e, 3000);
        assert_eq!(twice, Err(Error::Numbers));
    }

    #[test]
    fn the_proof_is_bound_to_everything() {
        let sum = sum(&[5, 6, 7]);
        let keys = &sum.verification[1];
        let good = open(&sum, 2);
        let no = Err(Error::Equal);
        let other = [9; 64];
        for context in [
            SumContext {
                root: &other,
                ..CONTEXT
            },
            SumContext {
                wave: &other,
                ..CONTEXT
            },
            SumContext {
                set: &other,
                ..CONTEXT
            },
            SumContext {
                unit: "0413",
                ..CONTEXT
            },
            SumContext {
                contest: "lis",
                ..CONTEXT
            },
        ] {
            assert_eq!(verify_partial(&context, 2, keys, &sum.a, &good), no);
        }
        assert_eq!(verify_partial(&CONTEXT, 3, keys, &sum.a, &good), no);
        let theirs = &sum.verification[2];
        assert_eq!(verify_partial(&CONTEXT, 2, theirs, &sum.a, &good), no);
        let shifted = Coded::new(sum.a.point + BASE);
        assert_eq!(verify_partial(&CONTEXT, 2, keys, &shifted, &good), no);
        let mut swapped = good.clone();
        swapped.d.swap(0, 1);
        let mut scaled = good.clone();
        scaled.z += Scalar::ONE;
        let mut first = good.clone();
        first.w1 = Coded::new(first.w1.point + BASE);
        let mut second = good.clone();
        second.w2 = Coded::new(second.w2.point + BASE);
        for bad in [swapped, scaled, first, second] {
            assert_eq!(verify_partial(&CONTEXT, 2, keys, &sum.a, &bad), no);
        }
        let mut short = good.clone();
        short.d.pop();
        assert!(verify_partial(&CONTEXT, 2, keys, &sum.a, &short).is_err());
        let zero = Coded::new(RistrettoPoint::default());
        let refused = verify_partial(&CONTEXT, 2, keys, &zero, &good);
        assert_eq!(refused, Err(Error::Identity));
    }

    /// Errors made to cancel under the weights of the honest `D`: they would, if weights did not depend on `D`.
    #[test]
    fn cancelling_errors_are_found() {
        let sum = sum(&[5, 6]);
        let (keys, secrets) = (&sum.verification[0], &sum.secrets[0]);
        let mut bad = open(&sum, 1);
        let known = weights("mu", &tally_seed(&CONTEXT, 1, keys, &sum.a, &bad.d), 2);
        let shift = |m: u128| sum.a.point * Scalar::from(m);
        bad.d[0] = Coded::new(bad.d[0].point + shift(known[1]));
        bad.d[1] = Coded::new(bad.d[1].point - shift(known[0]));
        let w = Scalar::from(17u64);
        bad.w1 = Coded::new(BASE * w);
        bad.w2 = Coded::new(sum.a.point * w);
        let seed = tally_seed(&CONTEXT, 1, keys, &sum.a, &bad.d);
        let c = hash_to_scalar("tally2", &[&seed, &bad.w1.bytes, &bad.w2.bytes]);
        let mu = weights("mu", &seed, 2);
        bad.z = w + c * (Scalar::from(mu[0]) * secrets[0] + Scalar::from(mu[1]) * secrets[1]);
        let verdict = verify_partial(&CONTEXT, 1, keys, &sum.a, &bad);
        assert_eq!(verdict, Err(Error::Equal));
    }

    #[test]
    fn trustee_zero_has_no_share() {
        assert_eq!(lagrange(&[0, 1]), Err(Error::Numbers));
        assert_eq!(lagrange(&[2, 2]), Err(Error::Numbers));
        assert_eq!(
            lagrange(&[1, 2]),
            Ok(vec![Scalar::from(2u64), -Scalar::ONE])
        );
    }
}

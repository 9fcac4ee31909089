//! Checking one ballot by the two equations as they are written in the specification.
//!
//! This is the slow, plain form; [`crate::batch`] checks many at once and names bad ones by this.

use crate::ballot::{Answers, Ballot, Chain};
use crate::error::Error;
use crate::group::decode_point;
use crate::style::Election;
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT as BASE;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::VartimeMultiscalarMul;

/// Checks one ballot. Public data only: variable time.
///
/// # Errors
/// The first that applies of [`Error::Length`], [`Error::Format`], [`Error::Style`]; [`Error::Point`];
/// [`Error::Scalar`]; [`Error::Identity`]; [`Error::Challenge`]; [`Error::Vector`]; [`Error::Link`].
pub fn verify_one(election: &Election, device: &str, bytes: &[u8]) -> Result<(), Error> {
    let ballot = Ballot::parse(election, bytes)?;
    let points = ballot
        .points
        .iter()
        .map(|point| decode_point(point))
        .collect::<Result<Vec<_>, _>>()?;
    let chain = ballot.chain(&ballot.context(election.root(), device));
    let answers = ballot.answers(&chain.challenge)?;
    refuse_degenerate(&ballot, &chain)?;
    if !vector_holds(election, &points, &chain, &answers) {
        return Err(Error::Vector);
    }
    if !link_holds(election, &ballot, &points, &chain, &answers) {
        return Err(Error::Link);
    }
    Ok(())
}

/// `R` is not the identity, and `c` is not zero: one zero would poison a whole batch's inversion.
///
/// # Errors
/// [`Error::Identity`], [`Error::Challenge`].
pub fn refuse_degenerate(ballot: &Ballot<'_>, chain: &Chain) -> Result<(), Error> {
    if ballot.randomizer() == &[0; 32] {
        return Err(Error::Identity);
    }
    if chain.challenge == Scalar::ZERO {
        return Err(Error::Challenge);
    }
    Ok(())
}

/// (1) `y·U + z·V + Σ f_j·G_j + Σ f_j(c−f_j)·G'_j = c·P + Q`.
fn vector_holds(
    election: &Election,
    points: &[RistrettoPoint],
    chain: &Chain,
    answers: &Answers,
) -> bool {
    let to = election.generators();
    let n = answers.f.len();
    let (p, q) = (points[points.len() - 3], points[points.len() - 2]);
    let products = answers.f.iter().map(|f| f * (chain.challenge - f));
    let scalars = [answers.y, answers.z]
        .into_iter()
        .chain(answers.f.iter().copied())
        .chain(products);
    let bases = [to.u, to.v]
        .into_iter()
        .chain(to.g[..n].iter().copied())
        .chain(to.g_prime[..n].iter().copied());
    let left = RistrettoPoint::vartime_multiscalar_mul(scalars, bases);
    left == chain.challenge * p + q
}

/// (2) `z·(B + Σ ρ_i h_κ(i)) + (Σ ρ_i f_i)·B = c·(R + Σ ρ_i C_i) + T`, with `f_i` the answer at `p(i)`.
fn link_holds(
    election: &Election,
    ballot: &Ballot<'_>,
    points: &[RistrettoPoint],
    chain: &Chain,
    answers: &Answers,
) -> bool {
    let layout = ballot.layout;
    let rho: Vec<Scalar> = chain
        .rho
        .iter()
        .map(|&weight| Scalar::from(weight))
        .collect();
    let keys = layout.keys.iter().map(|&key| election.keys()[key]);
    let key = BASE + RistrettoPoint::vartime_multiscalar_mul(&rho, keys);
    let chosen: Scalar = rho
        .iter()
        .zip(&layout.places)
        .map(|(weight, &place)| weight * answers.f[place])
        .sum();
    let left = answers.z * key + chosen * BASE;
    let ciphertexts = &points[1..=layout.encrypted()];
    let sum =
        points[0] + RistrettoPoint::vartime_multiscalar_mul(&rho, ciphertexts.iter().copied());
    left == chain.challenge * sum + points[points.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::{Contest, Style};

    #[test]
    fn a_zero_challenge_is_refused_before_anything_is_inverted() {
        let contest = Contest {
            id: "one".into(),
            options: 2,
            limit: 1,
            first_key: 0,
        };
        let style = Style {
            id: "s".into(),
            contests: vec![0],
        };
        let keys = [3u8, 5].map(|x| {
            RistrettoPoint::mul_base(&Scalar::from(x))
                .compress()
                .to_bytes()
        });
        let election =
            Election::new([0; 64], vec![contest], &[style], keys.to_vec()).expect("sound");
        let mut bytes = vec![1, 1, b's'];
        bytes.resize(3 + 16 + 32 * 10, 1);
        let ballot = Ballot::parse(&election, &bytes).expect("fits");
        let forged = |challenge| Chain {
            rho: vec![1, 1],
            challenge,
        };
        assert_eq!(
            refuse_degenerate(&ballot, &forged(Scalar::ZERO)),
            Err(Error::Challenge)
        );
        assert_eq!(refuse_degenerate(&ballot, &forged(Scalar::ONE)), Ok(()));
    }
}

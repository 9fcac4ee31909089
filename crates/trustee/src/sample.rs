//! A sum with known totals, for measuring how fast sums are opened.

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use dauys_core::ceremony::{Coded, random_scalar};
use dauys_core::error::Error;
use dauys_core::tally::{SumContext, combine, partial_decrypt, verify_partial};

/// A sum of a contest with known totals, its keys shared among `t` trustees.
pub struct Sample {
    secrets: Vec<Vec<Scalar>>,
    verification: Vec<Vec<Coded>>,
    a: Coded,
    e: Vec<RistrettoPoint>,
    totals: Vec<u64>,
}

const CONTEXT: SumContext<'static> = SumContext {
    root: &[1; 64],
    wave: &[2; 64],
    unit: "unit",
    contest: "contest",
    set: &[3; 64],
};

fn fill(out: &mut [u8; 64]) -> Result<(), Error> {
    getrandom::fill(out).map_err(|_| Error::Random)
}

impl Sample {
    /// A sum over `options` options, its keys shared so that all `trustees` are needed.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn make(options: usize, trustees: u32, ballots: u64) -> Result<Self, Error> {
        let mut rows = Vec::with_capacity(options);
        for _ in 0..options {
            let row = (0..trustees).map(|_| random_scalar(&mut fill));
            rows.push(row.collect::<Result<Vec<Scalar>, Error>>()?);
        }
        let share = |d: u32| -> Vec<Scalar> {
            let x = Scalar::from(d);
            let value =
                |row: &Vec<Scalar>| row.iter().rev().fold(Scalar::ZERO, |sum, c| sum * x + c);
            rows.iter().map(value).collect()
        };
        let public = |s: &Scalar| Coded::new(RistrettoPoint::mul_base(s));
        let secrets: Vec<Vec<Scalar>> = (1..=trustees).map(share).collect();
        let r = random_scalar(&mut fill)?;
        let totals: Vec<u64> = (0..options as u64)
            .map(|i| ballots * (i % 3) / (2 * options as u64))
            .collect();
        let numbers = rows
            .iter()
            .zip(&totals)
            .map(|(row, n)| row[0] * r + Scalar::from(*n));
        Ok(Self {
            verification: secrets
                .iter()
                .map(|row| row.iter().map(public).collect())
                .collect(),
            a: public(&r),
            e: numbers.map(|x| RistrettoPoint::mul_base(&x)).collect(),
            secrets,
            totals,
        })
    }

    /// Everything from the sum to its totals, as all trustees together and anyone who checks them would do it.
    ///
    /// # Errors
    /// [`Error::Logarithm`] if the totals are others; those of the single steps.
    pub fn open(&self, ballots: u64) -> Result<(), Error> {
        let mut made = Vec::with_capacity(self.secrets.len());
        for (d, (secrets, keys)) in (1..).zip(self.secrets.iter().zip(&self.verification)) {
            let partial = partial_decrypt(&CONTEXT, d, secrets, keys, &self.a, &mut fill)?;
            verify_partial(&CONTEXT, d, keys, &self.a, &partial)?;
            made.push((d, partial.d));
        }
        let parts: Vec<(u32, &[Coded])> = made
            .iter()
            .map(|(d, points)| (*d, points.as_slice()))
            .collect();
        if combine(&parts, &self.e, ballots)? == self.totals {
            Ok(())
        } else {
            Err(Error::Logarithm)
        }
    }
}

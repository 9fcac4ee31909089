//! Whether the time of a partial decryption depends on the secret: Welch's t between a fixed secret and random ones.
//!
//! `cargo run --release -p dauys-trustee --example timing -- 20000`
//!
//! |t| below 4.5 shows nothing; above 10 something leaks. A report, not a test: a busy machine says anything.
//! **Source:** Reparaz, Balasch, Verbauwhede 2017 (dude, is my code constant time?).

use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use dauys_core::ceremony::{Coded, random_scalar};
use dauys_core::error::Error;
use dauys_core::tally::{SumContext, partial_decrypt};
use std::time::Instant;

fn random(out: &mut [u8; 64]) -> Result<(), Error> {
    getrandom::fill(out).map_err(|_| Error::Random)
}

/// Mean, variance and number of samples.
fn moments(samples: &[f64]) -> (f64, f64, f64) {
    let count = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / count;
    let squares = samples.iter().map(|x| (x - mean).powi(2));
    (mean, squares.sum::<f64>() / (count - 1.0), count)
}

fn welch(one: &[f64], two: &[f64]) -> f64 {
    let ((mean_one, var_one, n_one), (mean_two, var_two, n_two)) = (moments(one), moments(two));
    (mean_one - mean_two) / (var_one / n_one + var_two / n_two).sqrt()
}

fn main() -> Result<(), Error> {
    let argument = std::env::args().nth(1);
    let rounds: usize = argument
        .and_then(|text| text.parse().ok())
        .unwrap_or(20_000);
    let context = SumContext {
        root: &[1; 64],
        wave: &[2; 64],
        unit: "unit",
        contest: "contest",
        set: &[3; 64],
    };
    let a = Coded::new(RistrettoPoint::mul_base(&random_scalar(&mut random)?));
    // The secret with the fewest bits against random ones: what leaks most where something leaks.
    let fixed = Scalar::ONE;
    let (mut low, mut high) = (Vec::with_capacity(rounds), Vec::with_capacity(rounds));
    for _ in 0..rounds {
        let other = random_scalar(&mut random)?;
        let coin = random_scalar(&mut random)?.as_bytes()[0] & 1 == 1;
        let secret = [if coin { fixed } else { other }];
        let keys = [Coded::new(RistrettoPoint::mul_base(&secret[0]))];
        let start = Instant::now();
        std::hint::black_box(partial_decrypt(
            &context,
            1,
            &secret,
            &keys,
            &a,
            &mut random,
        )?);
        let taken = start.elapsed().as_nanos() as f64;
        if coin {
            low.push(taken)
        } else {
            high.push(taken)
        }
    }
    for keep in [1.0, 0.95, 0.8] {
        // Long samples are interruptions; the same bound cuts both classes.
        let mut all: Vec<f64> = low.iter().chain(&high).copied().collect();
        all.sort_by(f64::total_cmp);
        let bound = all[((all.len() - 1) as f64 * keep) as usize];
        let cut = |samples: &[f64]| {
            samples
                .iter()
                .copied()
                .filter(|x| *x <= bound)
                .collect::<Vec<_>>()
        };
        let t = welch(&cut(&low), &cut(&high));
        println!("fastest {:>3.0} % of {rounds}: t = {t:+.2}", keep * 100.0);
    }
    Ok(())
}

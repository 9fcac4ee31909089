//! The reference election of the tests: 13 choose 1 and 9 choose 1, and some other styles.
#![allow(dead_code)] // each test file uses its part

pub mod fuzzing;

use curve25519_dalek::ristretto::RistrettoPoint;
use dauys_core::encrypt::{Card, Prover};
use dauys_core::style::{Contest, Election, Style};
use dauys_core::transcript::{hash, hash_to_scalar};
use std::sync::Arc;

pub const VOTE: &str = "test-2004/1/0";
pub const DEVICE: &str = "01-001-a";

fn contest(id: &str, options: usize, limit: usize, first_key: usize) -> Contest {
    Contest {
        id: id.into(),
        options,
        limit,
        first_key,
    }
}

fn style(id: &str, contests: &[usize]) -> Style {
    Style {
        id: id.into(),
        contests: contests.into(),
    }
}

pub fn election() -> Arc<Election> {
    let contests = vec![
        contest("party-list", 13, 1, 0),
        contest("district", 9, 1, 13),
        contest("council", 7, 3, 22),
        contest("approval", 4, 4, 29),
    ];
    let styles = [
        style("majilis", &[0, 1]),
        style("abroad", &[0]),
        style("council", &[2, 0]),
        style("all", &[3, 2, 1, 0]),
    ];
    let keys = (0..33u32).map(|place| {
        let secret = hash_to_scalar("test-key", &[&place.to_le_bytes()]);
        RistrettoPoint::mul_base(&secret).compress().to_bytes()
    });
    let election =
        Election::new(hash("test-root", &[]), contests, &styles, keys.collect()).expect("sound");
    Arc::new(election)
}

/// The options that the ballot with this number chooses: some undervote.
pub fn options(election: &Election, style: &str, number: usize) -> Vec<u8> {
    let layout = &election.layouts()[election.style(style.as_bytes()).expect("style")];
    let mut options = vec![0; layout.encrypted()];
    for part in &layout.parts {
        for choice in 0..(number + part.contest) % (part.limit + 1)
            + usize::from(!number.is_multiple_of(3) && part.limit == 1)
        {
            if choice < part.limit {
                options[part.first + (number * 7 + choice) % part.options] = 1;
            }
        }
    }
    options
}

pub fn make(election: &Arc<Election>, style: &str, count: usize) -> Vec<Vec<u8>> {
    let prover = Prover::new(election, style).expect("style");
    (0..count)
        .map(|number| {
            let mut secret = [0; 16];
            secret.copy_from_slice(
                &hash(
                    "test-card",
                    &[style.as_bytes(), &(number as u32).to_le_bytes()],
                )[..16],
            );
            let card = Card {
                vote_id: VOTE,
                device: DEVICE,
                secret: &secret,
            };
            prover
                .encrypt(&card, &[7; 32], &options(election, style, number))
                .expect("encrypts")
        })
        .collect()
}

//! A timing report in the manner of dudect: encryption and partial decryption, two classes of secrets each.
//!
//! Class A is one fixed secret, class B a fresh one each time; which comes next is decided by a hash. Welch's t is
//! told for all measurements and for the fastest nine tenths. |t| above 4.5 would say that the time tells the classes
//! apart. It is a report, not a test: on a busy machine it means little.
//!
//! **Source:** Reparaz, Balasch, Verbauwhede 2017.

#[path = "../tests/common/mod.rs"]
mod common;

use common::{DEVICE, VOTE, election};
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use dauys_core::ceremony::Coded;
use dauys_core::encrypt::{Card, Prover};
use dauys_core::tally::{SumContext, partial_decrypt};
use dauys_core::transcript::{hash, hash_to_scalar};
use std::hint::black_box;
use std::time::Instant;

/// Nanoseconds of each class.
type Times = [Vec<f64>; 2];

fn welch(times: &Times) -> f64 {
    let moments = times.each_ref().map(|class| {
        let n = class.len() as f64;
        let mean = class.iter().sum::<f64>() / n;
        let variance = class.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (mean, variance / n)
    });
    (moments[0].0 - moments[1].0) / (moments[0].1 + moments[1].1).sqrt()
}

/// Without the slowest tenth of all, which is the machine's and not the code's.
fn cropped(times: &Times) -> Times {
    let mut all: Vec<f64> = times.concat();
    all.sort_by(f64::total_cmp);
    let most = all[all.len() * 9 / 10];
    times
        .each_ref()
        .map(|class| class.iter().copied().filter(|time| *time <= most).collect())
}

fn measure(name: &str, count: u32, mut run: impl FnMut(bool, u32)) {
    let mut times: Times = [Vec::new(), Vec::new()];
    for number in 0..count {
        let fresh = hash("order", &[name.as_bytes(), &number.to_le_bytes()])[0] & 1 == 1;
        let start = Instant::now();
        run(fresh, number);
        times[usize::from(fresh)].push(start.elapsed().as_nanos() as f64);
    }
    let tail = cropped(&times);
    println!(
        "{name}: {count} runs, t = {:.2}, without the slowest tenth t = {:.2}",
        welch(&times),
        welch(&tail)
    );
}

fn main() {
    let election = election();
    let prover = Prover::new(&election, "abroad").expect("style");
    let choices: Vec<Vec<u8>> = (0..14usize)
        .map(|k| (0..13).map(|place| u8::from(place == k)).collect())
        .collect();
    // Every run has a card of its own, in both classes: the weights are a hash of the ballot, public, and summed in
    // variable time, so that a card used again would be told apart by its weights and not by its secrets.
    let encrypt = |place: usize, number: u32| {
        let mut secret = [0; 16];
        secret[..4].copy_from_slice(&number.to_le_bytes());
        let card = Card {
            vote_id: VOTE,
            device: DEVICE,
            secret: &secret,
        };
        black_box(
            prover
                .encrypt(&card, &[7; 32], &choices[place])
                .expect("encrypts"),
        );
    };
    let any = |number: u32| hash("any", &[&number.to_le_bytes()])[0] as usize % 14;
    measure("encryption, fixed or any choice", 4000, |fresh, number| {
        encrypt(if fresh { any(number) } else { 0 }, number);
    });
    measure("encryption, blank or last option", 4000, |fresh, number| {
        encrypt(if fresh { 12 } else { 13 }, number);
    });
    measure("control, any choice or any choice", 4000, |_, number| {
        encrypt(any(number), number);
    });
    decryption();
}

fn decryption() {
    let a = Coded::new(RistrettoPoint::mul_base(&Scalar::from(77u8)));
    let shares = |seed: u32| {
        (0..13u32)
            .map(|k| hash_to_scalar("share", &[&seed.to_le_bytes(), &k.to_le_bytes()]))
            .collect()
    };
    let sets: Vec<Vec<Scalar>> = (0..64u32).map(shares).collect();
    let public: Vec<Vec<Coded>> = sets
        .iter()
        .map(|set| {
            set.iter()
                .map(|share| Coded::new(RistrettoPoint::mul_base(share)))
                .collect()
        })
        .collect();
    let context = SumContext {
        root: &[0; 64],
        wave: &[1; 64],
        unit: "u",
        contest: "c",
        set: &[2; 64],
    };
    measure(
        "partial decryption, fixed or any share",
        4000,
        |fresh, number| {
            let place = if fresh { number as usize % 64 } else { 0 };
            let mut fill = |bytes: &mut [u8; 64]| {
                *bytes = hash("fill", &[&number.to_le_bytes()]);
                Ok(())
            };
            black_box(
                partial_decrypt(&context, 1, &sets[place], &public[place], &a, &mut fill)
                    .expect("decrypts"),
            );
        },
    );
}

//! Times decoding, encryption and verification of the reference ballot; medians of nine runs.

#[path = "../tests/common/mod.rs"]
mod common;

use common::{DEVICE, VOTE, election, make, options};
use curve25519_dalek::ristretto::CompressedRistretto;
use dauys_core::batch::Verifier;
use dauys_core::encrypt::{Card, Prover};
use dauys_core::engine::{Engine, Plain};
use std::hint::black_box;
use std::time::Instant;

fn median(mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..9)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[4]
}

fn main() {
    let election = election();
    let prover = Prover::new(&election, "majilis").expect("style");
    let options = options(&election, "majilis", 1);
    let encrypt = median(|| {
        for number in 0..20u8 {
            let card = Card {
                vote_id: VOTE,
                device: DEVICE,
                secret: &[number; 16],
            };
            black_box(prover.encrypt(&card, &[7; 32], &options).expect("encrypts"));
        }
    }) / 20.0;
    let ballots = make(&election, "majilis", 2000);
    let views: Vec<&[u8]> = ballots.iter().map(Vec::as_slice).collect();
    let points: Vec<[u8; 32]> = ballots
        .iter()
        .flat_map(|b| b[25..25 + 32 * 26].as_chunks::<32>().0.to_vec())
        .collect();
    let decode = median(|| {
        for point in &points[..2000] {
            black_box(CompressedRistretto(*point).decompress());
        }
    }) / 2000.0;
    println!(
        "decode {:.2} us, encrypt {:.1} = {:.1} decodings",
        decode * 1e6,
        encrypt * 1e6,
        encrypt / decode
    );
    let pool = |threads| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads")
    };
    pool(1).install(|| {
        report("plain", Plain, &election, &views, decode);
        #[cfg(target_arch = "x86_64")]
        {
            use dauys_core::simd::{Avx2, Ifma};
            if let Some(engine) = Avx2::detect() {
                report("avx2", engine, &election, &views, decode);
            }
            if let Some(engine) = Ifma::detect() {
                report("ifma", engine, &election, &views, decode);
            }
        }
    });
}

fn report<E: Engine>(
    name: &str,
    engine: E,
    election: &dauys_core::style::Election,
    views: &[&[u8]],
    decode: f64,
) {
    let verifier = Verifier::new(election, engine);
    let verify = median(|| {
        let verdicts = verifier.verify(DEVICE, views, &[3; 32], None);
        assert!(verdicts.faults.iter().all(Option::is_none));
    }) / views.len() as f64;
    println!(
        "{name}: verify {:.1} us = {:.1} decodings",
        verify * 1e6,
        verify / decode
    );
}

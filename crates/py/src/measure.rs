//! How many sums of a contest a machine opens in a second: partial decryptions, their proofs, combination, logarithms.

use crate::refuse;
use dauys_core::error::Error;
use dauys_trustee::sample::Sample;
use pyo3::prelude::*;
use std::time::{Duration, Instant};

/// Opens sums for about `seconds` on `threads` threads; returns how many were opened and the seconds that took.
///
/// A sum of `options` options over `ballots` ballots is opened by `trustees` trustees: every partial decryption made,
/// proved and verified, combined, every logarithm found and compared with the known total.
#[pyfunction]
#[pyo3(signature = (seconds, threads=1, options=13, trustees=3, ballots=1000))]
pub(crate) fn measure_decryption(
    py: Python<'_>,
    seconds: f64,
    threads: usize,
    options: usize,
    trustees: u32,
    ballots: u64,
) -> PyResult<(u64, f64)> {
    let limit = Duration::from_secs_f64(seconds.clamp(0.0, 3600.0));
    py.detach(|| {
        let sample = Sample::make(options, trustees, ballots)?;
        sample.open(ballots)?;
        let start = Instant::now();
        let work = || -> Result<u64, Error> {
            let mut opened = 0;
            while start.elapsed() < limit {
                sample.open(ballots)?;
                opened += 1;
            }
            Ok(opened)
        };
        let counts: Vec<Result<u64, Error>> = std::thread::scope(|scope| {
            let running: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
            let joined = running.into_iter().map(|one| one.join());
            joined
                .map(|one| one.unwrap_or(Err(Error::Random)))
                .collect()
        });
        let opened = counts.into_iter().sum::<Result<u64, Error>>()?;
        Ok((opened, start.elapsed().as_secs_f64()))
    })
    .map_err(refuse)
}

//! Ballots: conversion only. Long work releases the interpreter.

use crate::refuse;
use dauys_core::ballot::{self, Ballot};
use dauys_core::batch::ContestSum;
use dauys_core::cards;
use dauys_core::choose::{Chosen, Held};
use dauys_core::encrypt::{Card, KeyTable, Prover};
use dauys_core::error::Error;
use dauys_core::group::exactly;
use dauys_core::open::{self, Committed, Opening};
use dauys_core::style::{Contest, Election, Style};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// `(ballots, A, E…)` of one contest.
pub(crate) type SumTuple = (u64, Vec<u8>, Vec<Vec<u8>>);

/// `(root, σ, path)`.
type SigmaTuple = (Vec<u8>, Vec<u8>, Vec<Vec<u8>>);

/// `(style, m, s, σ, leaf, path, H(ballot))`.
type OpeningTuple = (
    String,
    Vec<u8>,
    Vec<u8>,
    Vec<u8>,
    u64,
    Vec<Vec<u8>>,
    Vec<u8>,
);

/// Root, contests, styles and keys of one vote, checked once.
#[pyclass(frozen, module = "dauys._core")]
pub struct BallotElection {
    election: Arc<Election>,
    tables: Mutex<HashMap<usize, Arc<KeyTable>>>,
}

/// Tables of keys that are kept to rebuild challenged ballots, 30 kB each.
const KEPT_TABLES: usize = 2048;

impl BallotElection {
    pub(crate) fn core(&self) -> &Election {
        &self.election
    }

    /// A prover of a style, whose tables are made once for all styles.
    fn kept_prover(&self, style: &str) -> Result<Prover, Error> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if tables.len() > KEPT_TABLES {
            tables.clear();
        }
        let make = |key: usize| Arc::new(KeyTable::create(&self.election.keys()[key]));
        Prover::with_tables(&self.election, style, |key| {
            Arc::clone(tables.entry(key).or_insert_with(|| make(key)))
        })
    }
}

/// Makes ballots of one style.
#[pyclass(frozen, module = "dauys._core")]
pub struct BallotProver {
    prover: Prover,
    vote_id: String,
    device: String,
}

/// Decoded ballots of one election.
#[pyclass(frozen, module = "dauys._core")]
pub struct HeldBallots {
    held: Held,
}

#[pymethods]
impl HeldBallots {
    /// The sum of each contest.
    fn add_up(&self, py: Python<'_>) -> Vec<SumTuple> {
        py.detach(|| self.held.add_up())
            .into_iter()
            .map(sum_tuple)
            .collect()
    }
}

pub(crate) fn engine(name: &str) -> PyResult<Chosen> {
    Chosen::named(name)
        .ok_or_else(|| PyValueError::new_err(format!("this processor has no engine {name:?}")))
}

/// Runs with some threads, 0 meaning one per processor.
pub(crate) fn with_threads<T: Send>(threads: usize, run: impl FnOnce() -> T + Send) -> PyResult<T> {
    if threads == 0 {
        return Ok(run());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    Ok(pool.install(run))
}

pub(crate) fn fixed<const N: usize>(bytes: &[u8]) -> PyResult<[u8; N]> {
    exactly(bytes).map_err(refuse)
}

pub(crate) fn sum_tuple(sum: ContestSum) -> SumTuple {
    (
        sum.ballots,
        sum.a.to_vec(),
        sum.e.into_iter().map(Vec::from).collect(),
    )
}

pub(crate) fn contest_sum(tuple: &SumTuple) -> PyResult<ContestSum> {
    let e = tuple
        .2
        .iter()
        .map(|point| fixed(point))
        .collect::<PyResult<_>>()?;
    Ok(ContestSum {
        ballots: tuple.0,
        a: fixed(&tuple.1)?,
        e,
    })
}

#[pymethods]
impl BallotElection {
    #[new]
    fn new(
        root: &[u8],
        contests: Vec<(String, usize, usize, usize)>,
        styles: Vec<(String, Vec<usize>)>,
        keys: Vec<Vec<u8>>,
    ) -> PyResult<Self> {
        let contests = contests
            .into_iter()
            .map(|(id, options, limit, first_key)| Contest {
                id,
                options,
                limit,
                first_key,
            });
        let styles: Vec<Style> = styles
            .into_iter()
            .map(|(id, contests)| Style { id, contests })
            .collect();
        let keys = keys.iter().map(|key| fixed(key)).collect::<PyResult<_>>()?;
        let election =
            Election::new(fixed(root)?, contests.collect(), &styles, keys).map_err(refuse)?;
        Ok(Self {
            election: Arc::new(election),
            tables: Mutex::default(),
        })
    }

    /// A prover of one style for one device.
    fn prover(&self, vote_id: String, device: String, style: &str) -> PyResult<BallotProver> {
        let prover = Prover::new(&self.election, style).map_err(refuse)?;
        Ok(BallotProver {
            prover,
            vote_id,
            device,
        })
    }

    /// The word of the first check each ballot failed, or None; and the sums of those that passed.
    #[pyo3(signature = (device, ballots, seed=None, hints=None, engine_name="", threads=0))]
    #[allow(clippy::too_many_arguments)] // named arguments of a Python method
    fn verify(
        &self,
        py: Python<'_>,
        device: &str,
        ballots: &Bound<'_, PyList>,
        seed: Option<&[u8]>,
        hints: Option<Vec<Vec<u8>>>,
        engine_name: &str,
        threads: usize,
    ) -> PyResult<(Vec<Option<&'static str>>, Vec<SumTuple>)> {
        let kept = ballots
            .iter()
            .map(|ballot| Ok(ballot.cast_into::<PyBytes>()?))
            .collect::<PyResult<Vec<_>>>()?;
        let views: Vec<&[u8]> = kept.iter().map(|ballot| ballot.as_bytes()).collect();
        let chosen = engine(engine_name)?;
        let seed = seed.map_or_else(fresh_seed, fixed)?;
        let hint_views: Option<Vec<&[u8]>> = hints
            .as_ref()
            .map(|hints| hints.iter().map(Vec::as_slice).collect());
        if hint_views
            .as_ref()
            .is_some_and(|hints| hints.len() != views.len())
        {
            return Err(PyValueError::new_err("one hint file for each ballot"));
        }
        let verdicts = py.detach(|| {
            with_threads(threads, || {
                chosen.verify(&self.election, device, &views, &seed, hint_views.as_deref())
            })
        })?;
        let faults = verdicts
            .faults
            .iter()
            .map(|fault| fault.as_ref().map(Error::word))
            .collect();
        Ok((faults, verdicts.sums.into_iter().map(sum_tuple).collect()))
    }

    /// Ballots that were verified before, decoded for summing.
    #[pyo3(signature = (ballots, engine_name=""))]
    fn hold(
        &self,
        py: Python<'_>,
        ballots: Vec<Vec<u8>>,
        engine_name: &str,
    ) -> PyResult<HeldBallots> {
        let chosen = engine(engine_name)?;
        let views: Vec<&[u8]> = ballots.iter().map(Vec::as_slice).collect();
        let held = py
            .detach(|| chosen.hold(&self.election, &views))
            .map_err(refuse)?;
        Ok(HeldBallots { held })
    }

    /// Sums made apart, added.
    fn merge(&self, parts: Vec<Vec<SumTuple>>) -> PyResult<Vec<SumTuple>> {
        let parts = parts
            .iter()
            .map(|part| part.iter().map(contest_sum).collect())
            .collect::<PyResult<Vec<Vec<_>>>>()?;
        let fits = |part: &Vec<ContestSum>| {
            let contests = self.election.contests();
            part.len() == contests.len()
                && part
                    .iter()
                    .zip(contests)
                    .all(|(sum, contest)| sum.e.len() == contest.options)
        };
        if !parts.iter().all(fits) {
            return Err(PyValueError::new_err("sums of another election"));
        }
        Ok(engine("")?
            .merge(&self.election, &parts)
            .into_iter()
            .map(sum_tuple)
            .collect())
    }

    /// The side file of hints of one ballot; empty where no engine uses hints.
    fn hints<'py>(&self, py: Python<'py>, ballot: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let parsed = Ballot::parse(&self.election, ballot).map_err(refuse)?;
        Ok(PyBytes::new(py, &engine("")?.hints(parsed.points).concat()))
    }

    /// `H(ballot)`.
    fn ballot_hash<'py>(
        &self,
        py: Python<'py>,
        device: &str,
        ballot: &[u8],
    ) -> PyResult<Bound<'py, PyBytes>> {
        let parsed = Ballot::parse(&self.election, ballot).map_err(refuse)?;
        Ok(PyBytes::new(py, &parsed.hash(self.election.root(), device)))
    }

    /// Rebuilds a challenged ballot and returns its bytes.
    fn open_challenged<'py>(
        &self,
        py: Python<'py>,
        vote_id: &str,
        device: &str,
        sigma_root: &[u8],
        cards: u64,
        opening: OpeningTuple,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (style, choices, secret, sigma, leaf, path, ballot_hash) = opening;
        let path = path
            .iter()
            .map(|node| fixed(node))
            .collect::<PyResult<Vec<_>>>()?;
        let opening = Opening {
            style: &style,
            choices: &choices,
            secret: &fixed(&secret)?,
            sigma: &fixed(&sigma)?,
            leaf,
            path: &path,
            ballot_hash: &fixed(&ballot_hash)?,
        };
        let committed = Committed {
            vote_id,
            device,
            sigma_root: &fixed(sigma_root)?,
            cards,
        };
        let rebuilt = py.detach(|| {
            let prover = self.kept_prover(opening.style)?;
            open::open_with(&prover, &self.election, &committed, &opening)
        });
        Ok(PyBytes::new(py, &rebuilt.map_err(refuse)?))
    }
}

#[pymethods]
impl BallotProver {
    /// Encrypts one ballot.
    fn encrypt<'py>(
        &self,
        py: Python<'py>,
        secret: &[u8],
        coin_key: &[u8],
        options: &[u8],
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (secret, coin_key) = (fixed(secret)?, fixed(coin_key)?);
        let bytes = py
            .detach(|| self.one(&secret, &coin_key, options))
            .map_err(refuse)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Encrypts many ballots on all processors: pairs of card secret and options.
    #[pyo3(signature = (coin_key, ballots, threads=0))]
    fn encrypt_many<'py>(
        &self,
        py: Python<'py>,
        coin_key: &[u8],
        ballots: Vec<(Vec<u8>, Vec<u8>)>,
        threads: usize,
    ) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let coin_key = fixed(coin_key)?;
        let made = py.detach(|| {
            with_threads(threads, || {
                let one = |(secret, options): &(Vec<u8>, Vec<u8>)| {
                    self.one(&exactly(secret)?, &coin_key, options)
                };
                ballots
                    .par_iter()
                    .map(one)
                    .collect::<Result<Vec<_>, Error>>()
            })
        })?;
        Ok(made
            .map_err(refuse)?
            .iter()
            .map(|bytes| PyBytes::new(py, bytes))
            .collect())
    }

    fn __repr__(&self) -> &'static str {
        "<BallotProver>"
    }
}

impl BallotProver {
    fn one(
        &self,
        secret: &[u8; 16],
        coin_key: &[u8; 32],
        options: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let card = Card {
            vote_id: &self.vote_id,
            device: &self.device,
            secret,
        };
        self.prover.encrypt(&card, coin_key, options)
    }
}

/// Private weights need a fresh seed that nobody could know before.
pub(crate) fn fresh_seed() -> PyResult<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    Ok(seed)
}

/// The engines of this processor, the fastest first.
#[pyfunction]
fn engines() -> Vec<&'static str> {
    Chosen::available().iter().map(Chosen::name).collect()
}

/// How many of the joined encodings are canonical points, decoded with one engine on one thread.
#[pyfunction]
#[pyo3(signature = (points, engine_name="plain"))]
fn count_points(py: Python<'_>, points: &[u8], engine_name: &str) -> PyResult<usize> {
    let chosen = engine(engine_name)?;
    Ok(py.detach(|| chosen.count_points(points.as_chunks::<32>().0, None)))
}

/// `(s₁, card hash, card name)`.
#[pyfunction]
fn card_of(vote_id: &str, device: &str, secret: &[u8]) -> PyResult<(Vec<u8>, Vec<u8>, String)> {
    let s1 = cards::card_number(vote_id, device, &fixed(secret)?);
    Ok((
        s1.to_vec(),
        cards::card_hash(vote_id, device, &s1).to_vec(),
        cards::card_name(&s1),
    ))
}

/// The name of the card with this number.
#[pyfunction]
fn card_name(s1: &[u8]) -> PyResult<String> {
    Ok(cards::card_name(&fixed(s1)?))
}

/// The hash of a list of card hashes.
#[pyfunction]
fn card_list_hash(vote_id: &str, device: &str, hashes: Vec<Vec<u8>>) -> PyResult<Vec<u8>> {
    let hashes = hashes
        .iter()
        .map(|hash| fixed(hash))
        .collect::<PyResult<Vec<_>>>()?;
    Ok(cards::card_list_hash(vote_id, device, &hashes).to_vec())
}

/// A secret as it is typed.
#[pyfunction]
fn card_letters(secret: &[u8]) -> PyResult<String> {
    Ok(cards::card_letters(&fixed(secret)?))
}

/// A typed secret as bytes.
#[pyfunction]
fn read_card_letters<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyBytes>> {
    let secret = cards::read_card_letters(text).map_err(refuse)?;
    Ok(PyBytes::new(py, &*secret))
}

/// The root over `σ` of a device's cards in list order, and one path.
#[pyfunction]
fn sigma_tree(coin_key: &[u8], hashes: Vec<Vec<u8>>, leaf: usize) -> PyResult<SigmaTuple> {
    let coin_key = fixed(coin_key)?;
    let hashes = hashes
        .iter()
        .map(|hash| fixed(hash))
        .collect::<PyResult<Vec<[u8; 64]>>>()?;
    let leaves: Vec<_> = hashes
        .iter()
        .map(|hash| open::sigma_leaf(hash, &cards::sigma(&coin_key, hash)))
        .collect();
    let own = hashes
        .get(leaf)
        .ok_or_else(|| PyValueError::new_err("no such leaf"))?;
    let path = open::merkle_path(&leaves, leaf)
        .into_iter()
        .map(Vec::from)
        .collect();
    Ok((
        open::merkle_root(&leaves).to_vec(),
        cards::sigma(&coin_key, own).to_vec(),
        path,
    ))
}

/// The ballot code of `H(ballot)`.
#[pyfunction]
fn ballot_code(ballot_hash: &[u8]) -> PyResult<String> {
    Ok(ballot::code(&fixed(ballot_hash)?))
}

/// Adds the classes and functions of this file to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<BallotElection>()?;
    module.add_class::<BallotProver>()?;
    module.add_class::<HeldBallots>()?;
    module.add_function(wrap_pyfunction!(engines, module)?)?;
    module.add_function(wrap_pyfunction!(count_points, module)?)?;
    module.add_function(wrap_pyfunction!(card_of, module)?)?;
    module.add_function(wrap_pyfunction!(card_name, module)?)?;
    module.add_function(wrap_pyfunction!(card_list_hash, module)?)?;
    module.add_function(wrap_pyfunction!(card_letters, module)?)?;
    module.add_function(wrap_pyfunction!(read_card_letters, module)?)?;
    module.add_function(wrap_pyfunction!(sigma_tree, module)?)?;
    module.add_function(wrap_pyfunction!(ballot_code, module)?)?;
    Ok(())
}

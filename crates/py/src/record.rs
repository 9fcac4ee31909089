//! What a record's verifier needs in bulk: bundles, card lists, ballots, sorted blocks. Conversion only.

use crate::ballots::{
    BallotElection, SumTuple, contest_sum, engine, fixed, fresh_seed, sum_tuple, with_threads,
};
use crate::refuse;
use dauys_core::batch::ContestSum;
use dauys_core::error::Error;
use dauys_core::examine::{Examined, Facts, Origin, examine};
use dauys_core::{bundle, cards, records};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

/// Card hashes of one device, in ascending order.
#[pyclass(frozen, module = "dauys._core")]
pub struct CardSet {
    hashes: Vec<[u8; 64]>,
}

#[pymethods]
impl CardSet {
    /// Takes the `cards` of a list out of its file in RFC 8785 form, and returns what follows them.
    #[staticmethod]
    fn read(py: Python<'_>, data: &[u8]) -> Option<(Self, usize)> {
        let (hashes, end) = py.detach(|| cards::read_card_hashes(data))?;
        Some((Self { hashes }, end))
    }

    /// Whether the hashes ascend without a repeat.
    fn ascends(&self) -> bool {
        self.hashes.is_sorted_by(|one, other| one < other)
    }

    /// The hash of the list, see `card_list_hash`.
    fn list_hash<'py>(&self, py: Python<'py>, vote_id: &str, device: &str) -> Bound<'py, PyBytes> {
        let hash = py.detach(|| cards::card_list_hash(vote_id, device, &self.hashes));
        PyBytes::new(py, &hash)
    }

    fn __len__(&self) -> usize {
        self.hashes.len()
    }

    fn __contains__(&self, hash: &[u8]) -> bool {
        self.hashes
            .binary_search_by(|own| own.as_slice().cmp(hash))
            .is_ok()
    }
}

/// What was found of some ballots of one device, as blocks of records.
#[pyclass(frozen, get_all, module = "dauys._core")]
pub struct Examination {
    /// `(place, word)` of each ballot that failed a check.
    faults: Vec<(usize, &'static str)>,
    /// Places of ballots whose card is not in the list; only of those that can be taken apart.
    unlisted: Vec<usize>,
    /// The sums of ballots that passed and whose card is in the list.
    sums: Vec<SumTuple>,
    /// `H(ballot)` of each, 64 bytes; zeros where it cannot be taken apart.
    hashes: Py<PyBytes>,
    /// Of each that can be taken apart, `s₁ ‖ device number ‖ index ‖ first half of H(ballot)`: 60 bytes.
    cards: Py<PyBytes>,
    /// Of each that passed, `R ‖ device number ‖ index`: 44 bytes.
    points: Py<PyBytes>,
    /// Of each that is summed, `style ‖ H(ballot)`: 68 bytes.
    counted: Py<PyBytes>,
    /// How many of each style can be taken apart.
    styles: Vec<u64>,
}

/// Judges ballots of a device and returns what the record's verifier needs of them.
#[pyfunction]
#[pyo3(signature = (election, origin, cards, ballots, number, indexes, seed=None, engine_name="", threads=0))]
#[allow(clippy::too_many_arguments)] // named arguments of a Python function
fn examine_ballots(
    py: Python<'_>,
    election: &BallotElection,
    origin: (String, String),
    cards: Option<&CardSet>,
    ballots: &Bound<'_, PyList>,
    number: u32,
    indexes: Vec<u64>,
    seed: Option<&[u8]>,
    engine_name: &str,
    threads: usize,
) -> PyResult<Examination> {
    let kept = ballots
        .iter()
        .map(|ballot| Ok(ballot.cast_into::<PyBytes>()?))
        .collect::<PyResult<Vec<_>>>()?;
    let views: Vec<&[u8]> = kept.iter().map(|ballot| ballot.as_bytes()).collect();
    if indexes.len() != views.len() {
        return Err(PyValueError::new_err("one index for each ballot"));
    }
    let chosen = engine(engine_name)?;
    let seed = seed.map_or_else(fresh_seed, fixed)?;
    let from = Origin {
        vote_id: &origin.0,
        device: &origin.1,
        cards: cards.map_or(&[], |cards| &cards.hashes),
    };
    let election = election.core();
    let (found, blocks) = py.detach(|| {
        with_threads(threads, || {
            let found = examine(chosen, election, from, &views, &seed);
            let blocks = Blocks::of(&found, number, &indexes, election.layouts().len());
            (found, blocks)
        })
    })?;
    Ok(blocks.examination(py, found))
}

/// The sum of the ballots of several sums of one contest.
#[pyfunction]
fn add_sums(py: Python<'_>, parts: Vec<SumTuple>) -> PyResult<SumTuple> {
    let parts = parts
        .iter()
        .map(contest_sum)
        .collect::<PyResult<Vec<_>>>()?;
    let sum = py.detach(|| ContestSum::join(&parts)).map_err(refuse)?;
    Ok(sum_tuple(sum))
}

/// Sums less those of a part of their ballots.
#[pyfunction]
fn subtract_sums(whole: Vec<SumTuple>, part: Vec<SumTuple>) -> PyResult<Vec<SumTuple>> {
    if whole.len() != part.len() {
        return Err(PyValueError::new_err("sums of another election"));
    }
    let pairs = whole.iter().zip(&part);
    pairs
        .map(|(one, less)| {
            let left = contest_sum(one)?
                .less(&contest_sum(less)?)
                .map_err(refuse)?;
            Ok(sum_tuple(left))
        })
        .collect()
}

/// The blocks of an [`Examination`] before they are Python's.
struct Blocks {
    unlisted: Vec<usize>,
    hashes: Vec<u8>,
    cards: Vec<u8>,
    points: Vec<u8>,
    counted: Vec<u8>,
    styles: Vec<u64>,
}

impl Blocks {
    fn of(found: &Examined, number: u32, indexes: &[u64], styles: usize) -> Self {
        let mut blocks = Self {
            unlisted: Vec::new(),
            hashes: Vec::with_capacity(64 * indexes.len()),
            cards: Vec::with_capacity(60 * indexes.len()),
            points: Vec::with_capacity(44 * indexes.len()),
            counted: Vec::with_capacity(68 * indexes.len()),
            styles: vec![0; styles],
        };
        let ballots = found.facts.iter().zip(&found.faults).zip(indexes);
        for (place, ((facts, fault), index)) in ballots.enumerate() {
            match facts {
                Some(facts) => blocks.add(place, facts, fault.as_ref(), number, *index),
                None => blocks.hashes.extend_from_slice(&[0; 64]),
            }
        }
        blocks
    }

    fn add(&mut self, place: usize, facts: &Facts, fault: Option<&Error>, number: u32, index: u64) {
        let at = [number.to_be_bytes().as_slice(), &index.to_be_bytes()].concat();
        self.hashes.extend_from_slice(&facts.hash);
        self.cards.extend_from_slice(&facts.s1);
        self.cards.extend_from_slice(&at);
        self.cards.extend_from_slice(&facts.hash[..32]);
        self.styles[facts.style] += 1;
        if !facts.listed {
            self.unlisted.push(place);
        }
        if fault.is_none() {
            self.points.extend_from_slice(&facts.randomizer);
            self.points.extend_from_slice(&at);
            if facts.listed {
                self.counted
                    .extend_from_slice(&(facts.style as u32).to_be_bytes());
                self.counted.extend_from_slice(&facts.hash);
            }
        }
    }

    fn examination(self, py: Python<'_>, found: Examined) -> Examination {
        let words = found.faults.iter().enumerate();
        Examination {
            faults: words
                .filter_map(|(place, fault)| Some((place, fault.as_ref()?.word())))
                .collect(),
            unlisted: self.unlisted,
            sums: found.sums.into_iter().map(sum_tuple).collect(),
            hashes: PyBytes::new(py, &self.hashes).unbind(),
            cards: PyBytes::new(py, &self.cards).unbind(),
            points: PyBytes::new(py, &self.points).unbind(),
            counted: PyBytes::new(py, &self.counted).unbind(),
            styles: self.styles,
        }
    }
}

/// The entries of a bundle that is `width` wide and hashes to these leaves, else None.
#[pyfunction]
fn bundle_entries<'py>(
    py: Python<'py>,
    data: &[u8],
    width: usize,
    leaves: &[u8],
) -> Option<Vec<Bound<'py, PyBytes>>> {
    let entries = py.detach(|| {
        let entries = bundle::split(data, width)?;
        bundle::leaves_hold(&entries, leaves.as_chunks::<32>().0).then_some(entries)
    })?;
    Some(
        entries
            .iter()
            .map(|entry| PyBytes::new(py, entry))
            .collect(),
    )
}

/// The root of the Merkle tree over joined hashes, whose number must be a power of two.
#[pyfunction]
fn complete_root<'py>(py: Python<'py>, hashes: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let (hashes, rest) = hashes.as_chunks::<32>();
    let root = bundle::complete_root(hashes).filter(|_| rest.is_empty());
    let root = root.ok_or_else(|| PyValueError::new_err("a power of two of hashes"))?;
    Ok(PyBytes::new(py, &root))
}

/// The records of a block in ascending order.
#[pyfunction]
fn sort_records<'py>(py: Python<'py>, block: &[u8], width: usize) -> Bound<'py, PyBytes> {
    let found = py.detach(|| records::sorted(block, width));
    PyBytes::new(py, &found)
}

/// Of a block in ascending order, the records that share their first `bits` bits with a neighbour.
#[pyfunction]
fn sharing_records<'py>(
    py: Python<'py>,
    block: &[u8],
    width: usize,
    bits: usize,
) -> Bound<'py, PyBytes> {
    let found = py.detach(|| records::sharing(block, width, bits));
    PyBytes::new(py, &found)
}

/// The place, from `start` to `end`, of the first record that is below the one before it.
#[pyfunction]
fn first_descent(block: &[u8], width: usize, start: usize, end: usize) -> Option<usize> {
    records::first_descent(block, width, start, end)
}

/// Adds the classes and functions of this file to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<CardSet>()?;
    module.add_class::<Examination>()?;
    module.add_function(wrap_pyfunction!(examine_ballots, module)?)?;
    module.add_function(wrap_pyfunction!(add_sums, module)?)?;
    module.add_function(wrap_pyfunction!(subtract_sums, module)?)?;
    module.add_function(wrap_pyfunction!(bundle_entries, module)?)?;
    module.add_function(wrap_pyfunction!(complete_root, module)?)?;
    module.add_function(wrap_pyfunction!(sort_records, module)?)?;
    module.add_function(wrap_pyfunction!(sharing_records, module)?)?;
    module.add_function(wrap_pyfunction!(first_descent, module)?)?;
    Ok(())
}

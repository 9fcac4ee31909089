//! Checking any number of ballots: every equation of every ballot folded into one sum of points.
//!
//! Each equation of each ballot gets a private random weight of 96 bits (`α` for (1), `κ` for (2)), drawn after the
//! ballots are read, and is divided by its `c`. With `g_j = (α/c)·f_j` the folded sum is, over all ballots,
//!
//! `Σ α·P + (α/c)·Q + κ·R + Σ κρ_i·C_i + (κ/c)·T
//!   = Σ (αy/c)·U + (αz/c)·V + Σ g_j·G_j + Σ f_j(α − g_j)·G'_j + (κ/c)(z + Σ ρ_i f_i)·B + Σ (κz/c)ρ_i·h_κ(i)`,
//!
//! where the right side is summed as scalars first. A wrong ballot survives with probability 2⁻⁹⁶. A sum that does
//! not vanish is halved with new weights until the bad ballots stand alone; those are then judged by
//! [`crate::verify::verify_one`], so that batch and single verdicts cannot differ.

use crate::ballot::Ballot;
use crate::engine::Engine;
use crate::error::Error;
use crate::fold::{Fold, Statement, Weights};
use crate::group::decode_point;
use crate::style::{Election, Layout};
use crate::verify::{refuse_degenerate, verify_one};
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity;
use rayon::prelude::*;

/// The fixed bases of an election, decoded once: `B, U, V`, all `h`, all `G_j`, all `G'_j`.
pub struct Verifier<'a, E: Engine> {
    election: &'a Election,
    engine: E,
    fixed: Vec<E::Point>,
}

/// What a run over ballots found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// For each ballot, in order, the first check it failed, if any.
    pub faults: Vec<Option<Error>>,
    /// For each contest of the election, the sum over the ballots that passed.
    pub sums: Vec<ContestSum>,
}

/// The sum of all ballots that hold one contest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContestSum {
    /// How many ballots are in it.
    pub ballots: u64,
    /// `A = Σ R`, encoded.
    pub a: [u8; 32],
    /// `E_i = Σ C_i` for each option, encoded.
    pub e: Vec<[u8; 32]>,
}

impl ContestSum {
    /// The sum of the ballots of several sums of one contest.
    ///
    /// # Errors
    /// [`Error::Length`] for another number of options, [`Error::Point`] for what is no point.
    pub fn join(parts: &[Self]) -> Result<Self, Error> {
        let options = parts.first().map_or(0, |part| part.e.len());
        let mut ballots = 0;
        let mut rows = vec![RistrettoPoint::identity(); options + 1];
        for part in parts {
            if part.e.len() != options {
                return Err(Error::Length {
                    found: part.e.len(),
                    expected: options,
                });
            }
            ballots += part.ballots;
            for (row, encoded) in rows.iter_mut().zip([&part.a].into_iter().chain(&part.e)) {
                *row += decode_point(encoded)?;
            }
        }
        let encoded = rows.iter().map(|row| row.compress().to_bytes()).collect();
        Ok(contest_sum(ballots, encoded))
    }

    /// This sum without the ballots of another, which are a part of its own.
    ///
    /// # Errors
    /// [`Error::Length`] for another number of options or more ballots, [`Error::Point`] for what is no point.
    pub fn less(&self, part: &Self) -> Result<Self, Error> {
        if part.e.len() != self.e.len() || part.ballots > self.ballots {
            return Err(Error::Length {
                found: part.e.len(),
                expected: self.e.len(),
            });
        }
        let minus = |one: &[u8; 32], other: &[u8; 32]| -> Result<[u8; 32], Error> {
            Ok((decode_point(one)? - decode_point(other)?)
                .compress()
                .to_bytes())
        };
        let pairs = self.e.iter().zip(&part.e);
        Ok(Self {
            ballots: self.ballots - part.ballots,
            a: minus(&self.a, &part.a)?,
            e: pairs
                .map(|(one, other)| minus(one, other))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl<'a, E: Engine> Verifier<'a, E> {
    /// Prepares an election for an engine.
    pub fn new(election: &'a Election, engine: E) -> Self {
        let (fixed, _) = engine.decode(election.fixed_bases(), None);
        Self {
            election,
            engine,
            fixed,
        }
    }

    /// Checks ballots of one device. `seed` must be fresh, random and drawn after the ballots are fixed.
    ///
    /// Memory grows with the number given at once; callers with many give them some ten thousand at a time.
    pub fn verify(
        &self,
        device: &str,
        ballots: &[&[u8]],
        seed: &[u8; 32],
        hints: Option<&[&[u8]]>,
    ) -> Verdicts {
        self.verify_but(device, ballots, seed, hints, &vec![false; ballots.len()])
    }

    /// As [`Verifier::verify`]; ballots that are `left_out`, one flag for each, are judged and not summed.
    pub fn verify_but(
        &self,
        device: &str,
        ballots: &[&[u8]],
        seed: &[u8; 32],
        hints: Option<&[&[u8]]>,
        left_out: &[bool],
    ) -> Verdicts {
        let chunks = self.chunks(ballots);
        let found: Vec<_> = chunks
            .par_iter()
            .map(|&(start, end)| {
                let own = hints.map(|hints| &hints[start..end]);
                let mut chunk = Chunk::new(self, device, start, &ballots[start..end], own);
                chunk.left_out = &left_out[start..end];
                chunk.judge(seed)
            })
            .collect();
        let mut verdicts = Verdicts::default();
        let mut partial = Vec::with_capacity(found.len());
        for part in found {
            verdicts.faults.extend(part.faults);
            partial.push(part.sums);
        }
        verdicts.sums = self.add_sums(&partial);
        verdicts
    }

    /// Cuts the ballots into runs of about as many points as the engine likes.
    fn chunks(&self, ballots: &[&[u8]]) -> Vec<(usize, usize)> {
        let mut cuts = Vec::new();
        let (mut start, mut weight) = (0, 0);
        for (place, ballot) in ballots.iter().enumerate() {
            weight += ballot.len() / 62;
            if weight >= E::CHUNK {
                cuts.push((start, place + 1));
                (start, weight) = (place + 1, 0);
            }
        }
        if start < ballots.len() {
            cuts.push((start, ballots.len()));
        }
        cuts
    }

    /// Adds the sums of the chunks.
    fn add_sums(&self, partial: &[Vec<ContestSum>]) -> Vec<ContestSum> {
        add_contest_sums(self.election, &self.engine, partial)
    }
}

/// Adds sums that were made apart, contest by contest.
pub fn add_contest_sums<E: Engine>(
    election: &Election,
    engine: &E,
    partial: &[Vec<ContestSum>],
) -> Vec<ContestSum> {
    let mut sums = Vec::with_capacity(election.contests().len());
    for (place, contest) in election.contests().iter().enumerate() {
        let rows = contest.options + 1;
        if partial.iter().all(|part| part[place].ballots == 0) {
            sums.push(nothing(contest.options));
            continue;
        }
        let mut encoded = Vec::new();
        let mut ballots = 0;
        for part in partial
            .iter()
            .map(|part| &part[place])
            .filter(|part| part.ballots > 0)
        {
            ballots += part.ballots;
            encoded.push(part.a);
            encoded.extend_from_slice(&part.e);
        }
        let (points, _) = engine.decode(&encoded, None);
        let picks: Vec<Vec<u32>> = (0..rows)
            .map(|row| {
                (row..points.len())
                    .step_by(rows)
                    .map(|at| at as u32)
                    .collect()
            })
            .collect();
        sums.push(contest_sum(ballots, engine.sums(&points, &picks)));
    }
    sums
}

/// Ballots whose `R` and `C_i` are decoded, ready to be summed; nothing but lengths and points was checked.
pub struct Decoded<P> {
    points: Vec<P>,
    picks: Picks,
}

impl<P: Copy + Send + Sync> Decoded<P> {
    /// Decodes ballots that were verified before.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::Format`], [`Error::Style`], [`Error::Point`] for the first ballot that cannot be
    /// read.
    pub fn read<E: Engine<Point = P>>(
        election: &Election,
        engine: &E,
        ballots: &[&[u8]],
    ) -> Result<Self, Error> {
        let mut encoded = Vec::new();
        let mut picks = empty_picks(election);
        for bytes in ballots {
            let ballot = Ballot::parse(election, bytes)?;
            pick_ballot(ballot.layout, encoded.len(), &mut picks);
            encoded.extend_from_slice(&ballot.points[..=ballot.layout.encrypted()]);
        }
        let (points, canonical) = engine.decode(&encoded, None);
        if canonical.contains(&false) {
            return Err(Error::Point);
        }
        Ok(Self { points, picks })
    }

    /// The sum of each contest.
    pub fn add_up<E: Engine<Point = P>>(&self, engine: &E) -> Vec<ContestSum> {
        sum_picks(engine, &self.points, &self.picks)
    }
}

/// For each contest, for `R` and each option, the points that are summed.
type Picks = Vec<Vec<Vec<u32>>>;

fn empty_picks(election: &Election) -> Picks {
    let rows = |contest: &crate::style::Contest| vec![Vec::new(); contest.options + 1];
    election.contests().iter().map(rows).collect()
}

/// Notes where the points of a ballot are that begins at `first`.
fn pick_ballot(layout: &Layout, first: usize, picks: &mut Picks) {
    for part in &layout.parts {
        let rows = &mut picks[part.contest];
        rows[0].push(first as u32);
        for option in 0..part.options {
            rows[1 + option].push((first + 1 + part.first + option) as u32);
        }
    }
}

fn sum_picks<E: Engine>(engine: &E, points: &[E::Point], picks: &Picks) -> Vec<ContestSum> {
    let sum = |rows: &Vec<Vec<u32>>| {
        if rows[0].is_empty() {
            return nothing(rows.len() - 1);
        }
        contest_sum(rows[0].len() as u64, engine.sums(points, rows))
    };
    picks.iter().map(sum).collect()
}

/// The sum of no ballots: the encoding of the identity everywhere. A country has many contests that a device lacks.
fn nothing(options: usize) -> ContestSum {
    ContestSum {
        ballots: 0,
        a: [0; 32],
        e: vec![[0; 32]; options],
    }
}

fn contest_sum(ballots: u64, mut rows: Vec<[u8; 32]>) -> ContestSum {
    let a = rows.remove(0);
    ContestSum {
        ballots,
        a,
        e: rows,
    }
}

/// Some ballots whose points are decoded together.
struct Chunk<'a, E: Engine> {
    verifier: &'a Verifier<'a, E>,
    device: &'a str,
    ballots: &'a [&'a [u8]],
    left_out: &'a [bool],
    start: usize,
    points: Vec<E::Point>,
    statements: Vec<Statement>,
    faults: Vec<Option<Error>>,
}

struct Judged {
    faults: Vec<Option<Error>>,
    sums: Vec<ContestSum>,
}

impl<'a, E: Engine> Chunk<'a, E> {
    fn new(
        verifier: &'a Verifier<'a, E>,
        device: &'a str,
        start: usize,
        ballots: &'a [&'a [u8]],
        hints: Option<&[&[u8]]>,
    ) -> Self {
        let mut chunk = Self {
            verifier,
            device,
            ballots,
            left_out: &[],
            start,
            points: Vec::new(),
            statements: Vec::with_capacity(ballots.len()),
            faults: Vec::with_capacity(ballots.len()),
        };
        chunk.read(hints);
        chunk.invert();
        chunk
    }

    /// Parses all ballots, decodes their points together, then reads answers and makes the challenges.
    fn read(&mut self, hints: Option<&[&[u8]]>) {
        let election = self.verifier.election;
        let parsed: Vec<_> = self
            .ballots
            .iter()
            .map(|bytes| Ballot::parse(election, bytes))
            .collect();
        let encoded: Vec<[u8; 32]> = parsed
            .iter()
            .flatten()
            .flat_map(|ballot| ballot.points.iter().copied())
            .collect();
        let hints = hints.and_then(|hints| align_hints(&parsed, hints));
        let (points, canonical) = self.verifier.engine.decode(&encoded, hints.as_deref());
        self.points = points;
        let mut next = 0;
        for (place, ballot) in parsed.into_iter().enumerate() {
            let read = ballot.and_then(|ballot| {
                let own = next..next + ballot.points.len();
                next = own.end;
                if !canonical[own.clone()].iter().all(|&canonical| canonical) {
                    return Err(Error::Point);
                }
                self.state(place, own.start, &ballot)
            });
            match read {
                Ok(statement) => {
                    self.statements.push(statement);
                    self.faults.push(None);
                }
                Err(error) => self.faults.push(Some(error)),
            }
        }
    }

    fn state(
        &self,
        place: usize,
        first_point: usize,
        ballot: &Ballot<'_>,
    ) -> Result<Statement, Error> {
        let chain = ballot.chain(&ballot.context(self.verifier.election.root(), self.device));
        let answers = ballot.answers(&chain.challenge)?;
        refuse_degenerate(ballot, &chain)?;
        let inverse = chain.challenge;
        Ok(Statement {
            place,
            first_point,
            style: ballot.style,
            chain,
            answers,
            inverse,
        })
    }

    /// Inverts all challenges together; none is zero, `refuse_degenerate` has seen to that.
    fn invert(&mut self) {
        let mut challenges: Vec<Scalar> = self
            .statements
            .iter()
            .map(|statement| statement.inverse)
            .collect();
        Scalar::invert_batch_alloc(&mut challenges);
        for (statement, inverse) in self.statements.iter_mut().zip(challenges) {
            statement.inverse = inverse;
        }
    }

    fn judge(mut self, seed: &[u8; 32]) -> Judged {
        let mut weights = Weights {
            seed,
            start: self.start,
            round: 0,
        };
        for place in self.suspects(0, self.statements.len(), &mut weights) {
            let place = self.statements[place].place;
            self.faults[place] =
                verify_one(self.verifier.election, self.device, self.ballots[place]).err();
        }
        Judged {
            sums: self.sums(),
            faults: self.faults,
        }
    }

    /// The statements from `low` to `high` that fail when they stand alone.
    fn suspects(&self, low: usize, high: usize, weights: &mut Weights<'_>) -> Vec<usize> {
        if low == high || self.folds_to_nothing(low, high, weights) {
            return Vec::new();
        }
        if high - low == 1 {
            return vec![low];
        }
        let middle = low + (high - low) / 2;
        let mut found = self.suspects(low, middle, weights);
        found.extend(self.suspects(middle, high, weights));
        found
    }

    /// Whether the weighted sum of all equations of some statements vanishes.
    fn folds_to_nothing(&self, low: usize, high: usize, weights: &mut Weights<'_>) -> bool {
        let statements = &self.statements[low..high];
        let mut fold = Fold::new(self.verifier.election);
        weights.round += 1;
        for statement in statements {
            let (alpha, kappa) = weights.draw(statement.place);
            let layout = &self.verifier.election.layouts()[statement.style];
            fold.add(&layout.keys, &layout.places, statement, alpha, kappa);
        }
        let mut points = Vec::with_capacity(fold.coefficients.len() + self.verifier.fixed.len());
        for statement in statements {
            let layout = &self.verifier.election.layouts()[statement.style];
            let own = statement.first_point..statement.first_point + layout.points();
            points.extend_from_slice(&self.points[own]);
        }
        let coefficients = fold.finish(&self.verifier.fixed, &mut points);
        self.verifier.engine.vanishes(&points, &coefficients)
    }

    /// For each contest, the sum over the ballots without a fault that are not left out.
    fn sums(&self) -> Vec<ContestSum> {
        let election = self.verifier.election;
        let mut picks = empty_picks(election);
        let counts = |place: usize| {
            self.faults[place].is_none() && !self.left_out.get(place).is_some_and(|&out| out)
        };
        for statement in self.statements.iter().filter(|one| counts(one.place)) {
            pick_ballot(
                &election.layouts()[statement.style],
                statement.first_point,
                &mut picks,
            );
        }
        sum_picks(&self.verifier.engine, &self.points, &picks)
    }
}

/// Hints for exactly the points that are decoded, or none if any file is short.
fn align_hints(parsed: &[Result<Ballot<'_>, Error>], hints: &[&[u8]]) -> Option<Vec<[u8; 32]>> {
    let mut aligned = Vec::new();
    for (ballot, own) in parsed.iter().zip(hints) {
        let Ok(ballot) = ballot else { continue };
        let (chunks, _) = own.as_chunks::<32>();
        aligned
            .extend((0..ballot.points.len()).map(|at| chunks.get(at).copied().unwrap_or([0; 32])));
    }
    Some(aligned)
}

//! Very many ballots of one device at once: verdicts and sums, and what uniqueness and sets are made of.

use crate::ballot::{Ballot, CARD_BYTES};
use crate::batch::ContestSum;
use crate::cards::card_hash;
use crate::choose::Chosen;
use crate::error::Error;
use crate::style::Election;
use rayon::prelude::*;

/// Where ballots come from, and the cards they may be made with.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    /// Vote id.
    pub vote_id: &'a str,
    /// Device id.
    pub device: &'a str,
    /// The card hashes of the device, in ascending order; without a list no card is in it.
    pub cards: &'a [[u8; 64]],
}

/// What the bytes of one ballot say, whether its proof holds or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// `H(ballot)`.
    pub hash: [u8; 64],
    /// The card's number.
    pub s1: [u8; CARD_BYTES],
    /// `R`.
    pub randomizer: [u8; 32],
    /// Place of its style.
    pub style: usize,
    /// Whether its card stands in the list (check C2).
    pub listed: bool,
}

/// What was found of a run of ballots.
pub struct Examined {
    /// For each ballot the first check it failed, if any.
    pub faults: Vec<Option<Error>>,
    /// For each ballot what it says; `None` where it cannot even be taken apart.
    pub facts: Vec<Option<Facts>>,
    /// The sums over ballots that pass and whose card stands in the list.
    pub sums: Vec<ContestSum>,
}

/// Examines ballots of one device; `seed` as for [`crate::batch::Verifier::verify`].
pub fn examine(
    engine: Chosen,
    election: &Election,
    from: Origin<'_>,
    ballots: &[&[u8]],
    seed: &[u8; 32],
) -> Examined {
    let facts: Vec<_> = ballots
        .par_iter()
        .with_min_len(64)
        .map(|bytes| facts(election, from, bytes))
        .collect();
    let listed = |facts: &Option<Facts>| facts.is_some_and(|facts| facts.listed);
    let left_out: Vec<bool> = facts.iter().map(|facts| !listed(facts)).collect();
    let verdicts = engine.verify_but(election, from.device, ballots, seed, &left_out);
    Examined {
        faults: verdicts.faults,
        facts,
        sums: verdicts.sums,
    }
}

fn facts(election: &Election, from: Origin<'_>, bytes: &[u8]) -> Option<Facts> {
    let ballot = Ballot::parse(election, bytes).ok()?;
    let card = card_hash(from.vote_id, from.device, ballot.s1);
    Some(Facts {
        hash: ballot.hash(election.root(), from.device),
        s1: *ballot.s1,
        randomizer: *ballot.randomizer(),
        style: ballot.style,
        listed: from.cards.binary_search(&card).is_ok(),
    })
}

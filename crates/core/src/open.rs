//! Opening a challenged ballot: the checker rebuilds it from what the machine must reveal.

use crate::ballot::Ballot;
use crate::cards::{SECRET_BYTES, card_hash, card_number};
use crate::encrypt::{Card, Prover, check_choices, fill_blanks};
use crate::error::Error;
use crate::style::Election;
use crate::transcript::hash;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// What a machine prints when it is challenged.
pub struct Opening<'a> {
    /// Style id.
    pub style: &'a str,
    /// All `N` choices.
    pub choices: &'a [u8],
    /// The card's secret `s`.
    pub secret: &'a [u8; SECRET_BYTES],
    /// `σ` of the card.
    pub sigma: &'a [u8; 32],
    /// Place of the card in the device's list, from 0.
    pub leaf: u64,
    /// The path from leaf to root, RFC 6962 order.
    pub path: &'a [[u8; 32]],
    /// `H(ballot)` as on receipt part 1.
    pub ballot_hash: &'a [u8; 64],
}

/// What the device committed to in its *open* entry.
pub struct Committed<'a> {
    /// Vote id.
    pub vote_id: &'a str,
    /// Device id.
    pub device: &'a str,
    /// Merkle root over the device's cards.
    pub sigma_root: &'a [u8; 32],
    /// Number of cards in the list.
    pub cards: u64,
}

/// Rebuilds a challenged ballot byte for byte and returns it.
///
/// # Errors
/// [`Error::Style`], [`Error::Length`], [`Error::Choice`]: the choices do not fit; [`Error::Blanks`]: blanks not from
/// the left; [`Error::Sigma`]: `σ` is not under the committed root; [`Error::Rebuild`]: another ballot comes out.
pub fn open_challenged(
    election: &Arc<Election>,
    to: &Committed<'_>,
    opening: &Opening<'_>,
) -> Result<Vec<u8>, Error> {
    open_with(
        &Prover::new(election, opening.style)?,
        election,
        to,
        opening,
    )
}

/// As [`open_challenged`], with a prover of the opening's style that was made before: making one costs ten ballots.
///
/// # Errors
/// As [`open_challenged`]; [`Error::Style`] for a prover of another style too.
pub fn open_with(
    prover: &Prover,
    election: &Election,
    to: &Committed<'_>,
    opening: &Opening<'_>,
) -> Result<Vec<u8>, Error> {
    if prover.style() != opening.style {
        return Err(Error::Style);
    }
    let layout = &election.layouts()[election.style(opening.style.as_bytes())?];
    check_choices(layout, opening.choices)?;
    let options: Vec<u8> = layout
        .places
        .iter()
        .map(|&place| opening.choices[place])
        .collect();
    if *fill_blanks(layout, &options)? != opening.choices {
        return Err(Error::Blanks);
    }
    let s1 = card_number(to.vote_id, to.device, opening.secret);
    let leaf = sigma_leaf(&card_hash(to.vote_id, to.device, &s1), opening.sigma);
    if !path_holds(&leaf, opening.leaf, to.cards, opening.path, to.sigma_root) {
        return Err(Error::Sigma);
    }
    let card = Card {
        vote_id: to.vote_id,
        device: to.device,
        secret: opening.secret,
    };
    let bytes = prover.rebuild(&card, opening.sigma, opening.choices)?;
    if &Ballot::parse(election, &bytes)?.hash(election.root(), to.device) != opening.ballot_hash {
        return Err(Error::Rebuild);
    }
    Ok(bytes)
}

/// The data of a card's leaf: `H(leaf, card hash, σ)`.
pub fn sigma_leaf(card_hash: &[u8; 64], sigma: &[u8; 32]) -> [u8; 64] {
    hash("leaf", &[card_hash, sigma])
}

/// The root of the RFC 6962 tree with SHA-256 over leaf data.
///
/// **Source:** RFC 6962 §2.1.
pub fn merkle_root(leaves: &[[u8; 64]]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest(b"").into(),
        [leaf] => leaf_hash(leaf),
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&merkle_root(left), &merkle_root(right))
        }
    }
}

/// The path of one leaf, from the leaf upwards; empty if there is no such leaf.
///
/// **Source:** RFC 6962 §2.1.1.
pub fn merkle_path(leaves: &[[u8; 64]], place: usize) -> Vec<[u8; 32]> {
    if leaves.len() < 2 || place >= leaves.len() {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, other) = if place < left.len() {
        (merkle_path(left, place), merkle_root(right))
    } else {
        (merkle_path(right, place - left.len()), merkle_root(left))
    };
    path.push(other);
    path
}

/// Whether a path leads from the leaf to the root of a tree of this size.
///
/// **Source:** RFC 9162 §2.1.3.2.
pub fn path_holds(
    leaf: &[u8; 64],
    place: u64,
    size: u64,
    path: &[[u8; 32]],
    root: &[u8; 32],
) -> bool {
    if place >= size {
        return false;
    }
    let (mut place, mut last, mut node) = (place, size - 1, leaf_hash(leaf));
    for other in path {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            node = node_hash(other, &node);
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            node = node_hash(&node, other);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    last == 0 && &node == root
}

fn split(size: usize) -> usize {
    size.next_power_of_two() / 2
}

fn leaf_hash(data: &[u8; 64]) -> [u8; 32] {
    Sha256::new_with_prefix([0])
        .chain_update(data)
        .finalize()
        .into()
}

fn node_hash(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    Sha256::new_with_prefix([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

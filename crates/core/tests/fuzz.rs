//! Nothing that is decoded panics, and every engine and the single check agree on anything.
//!
//! Inputs are mutated from good ballots so that most of them pass the length checks. `DAUYS_FUZZ_INPUTS` sets how many
//! are tried; without it the test takes a few seconds.

mod common;

use bolero::{TypeGenerator, check};
use common::{DEVICE, election, make};
use dauys_core::ballot::Ballot;
use dauys_core::cards::{card_letters, read_card_letters};
use dauys_core::choose::Chosen;
use dauys_core::verify::verify_one;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is done to a good ballot.
#[derive(Clone, Debug, TypeGenerator)]
struct Mutation {
    seed: u8,
    flips: [(u16, u8); 3],
    kept_flips: u8,
    copy: Option<(u8, u8)>,
    resize: Option<i8>,
    rare: u8,
}

impl Mutation {
    fn apply(&self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = seeds[usize::from(self.seed) % seeds.len()].clone();
        for (at, flip) in self.flips.iter().take(usize::from(self.kept_flips % 4)) {
            // the header is changed rarely, else most inputs would fail there
            let low = if self.rare < 16 {
                0
            } else {
                2 + usize::from(bytes[1])
            };
            let place = low + usize::from(*at) % (bytes.len() - low);
            bytes[place] ^= flip;
        }
        if let Some((from, to)) = self.copy {
            let field = |number: u8| {
                let fields = (bytes.len() - 32) / 32;
                bytes.len() - 32 * (1 + usize::from(number) % fields)
            };
            let (from, to) = (field(from), field(to));
            bytes.copy_within(from..from + 32, to);
        }
        if let (Some(change), true) = (self.resize, self.rare > 200) {
            bytes.resize(bytes.len().saturating_add_signed(isize::from(change)), 0xa5);
        }
        bytes
    }
}

/// Runs a target on as many inputs as asked for.
macro_rules! fuzz {
    ($type:ty, $usual:literal, $run:expr) => {
        let wanted = std::env::var("DAUYS_FUZZ_INPUTS")
            .ok()
            .and_then(|text| text.parse().ok());
        check!()
            .with_type::<$type>()
            .with_iterations(wanted.unwrap_or($usual))
            .for_each($run)
    };
}

#[test]
fn ballots() {
    let election = election();
    let mut seeds = make(&election, "abroad", 3);
    seeds.extend(make(&election, "majilis", 2));
    let (tried, fitting) = (AtomicU64::new(0), AtomicU64::new(0));
    fuzz!(Mutation, 20_000, |mutation: &Mutation| {
        let bytes = mutation.apply(&seeds);
        tried.fetch_add(1, Ordering::Relaxed);
        fitting.fetch_add(
            u64::from(Ballot::parse(&election, &bytes).is_ok()),
            Ordering::Relaxed,
        );
        let accepted = verify_one(&election, DEVICE, &bytes).is_ok();
        assert_eq!(accepted, seeds.contains(&bytes));
    });
    let (tried, fitting) = (tried.into_inner(), fitting.into_inner());
    assert!(
        2 * fitting >= tried,
        "{fitting} of {tried} pass the length checks"
    );
}

#[test]
fn points_on_every_engine() {
    let engines = Chosen::available();
    let seeds: Vec<[u8; 32]> = make(&election(), "abroad", 1)[0][24..]
        .as_chunks::<32>()
        .0
        .to_vec();
    fuzz!([(u8, u8, u8); 17], 5_000, |changes: &[(u8, u8, u8); 17]| {
        let changed = changes.iter().map(|(seed, at, flip)| {
            let mut point = seeds[usize::from(*seed) % seeds.len()];
            point[usize::from(*at) % 32] ^= flip & 0x7f;
            point
        });
        let points: Vec<[u8; 32]> = changed.collect();
        let hints: Vec<[u8; 32]> = points.iter().rev().copied().collect();
        let counts: Vec<usize> = engines
            .iter()
            .map(|engine| engine.count_points(&points, Some(&hints)))
            .collect();
        assert!(counts.iter().all(|count| *count == counts[0]));
    });
}

#[test]
fn card_letters_as_typed() {
    fuzz!(([u8; 16], u8, char), 20_000, |(secret, at, letter): &(
        [u8; 16],
        u8,
        char
    )| {
        let mut typed: Vec<char> = card_letters(secret).chars().collect();
        assert_eq!(
            *read_card_letters(&typed.iter().collect::<String>()).expect("reads"),
            *secret
        );
        let place = usize::from(*at) % typed.len();
        typed[place] = *letter;
        if let Ok(read) = read_card_letters(&typed.iter().collect::<String>()) {
            assert_eq!(card_letters(&read).len(), 34);
        }
    });
}

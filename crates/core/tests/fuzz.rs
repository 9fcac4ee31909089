//! Nothing that is decoded panics, and every engine and the single check agree on anything.
//!
//! Inputs are mutated from good ballots so that most of them pass the length checks. See `common/fuzzing.rs`
//! for how many are tried.

mod common;

use bolero::TypeGenerator;
use common::fuzzing::{Share, fuzz};
use common::{DEVICE, VOTE, election, make, options};
use dauys_core::ballot::Ballot;
use dauys_core::cards::{card_hash, card_letters, card_number, read_card_letters, sigma};
use dauys_core::choose::Chosen;
use dauys_core::encrypt::fill_blanks;
use dauys_core::error::Error;
use dauys_core::open::{Committed, Opening, merkle_path, merkle_root, open_challenged, sigma_leaf};
use dauys_core::verify::verify_one;

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

#[test]
fn ballots() {
    let election = election();
    let mut seeds = make(&election, "abroad", 3);
    seeds.extend(make(&election, "majilis", 2));
    let share = Share::default();
    fuzz(20_000, 1, |mutation: &Mutation| {
        let bytes = mutation.apply(&seeds);
        share.count(Ballot::parse(&election, &bytes).is_ok());
        let accepted = verify_one(&election, DEVICE, &bytes).is_ok();
        assert_eq!(accepted, seeds.contains(&bytes));
    });
    share.tell("ballots");
}

#[test]
fn points_on_every_engine() {
    let engines = Chosen::available();
    let seeds: Vec<[u8; 32]> = make(&election(), "abroad", 1)[0][24..]
        .as_chunks::<32>()
        .0
        .to_vec();
    fuzz(5_000, 10, |changes: &[(u8, u8, u8); 17]| {
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
    fuzz(20_000, 1, |(secret, at, letter): &([u8; 16], u8, char)| {
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

/// What is changed of an opening: the parts laid end to end, then the place of the leaf and the length of the path.
#[derive(Clone, Debug, TypeGenerator)]
struct OpeningChange {
    place: u16,
    flip: u8,
    leaf: Option<u64>,
    longer: Option<bool>,
    choice: Option<(u8, u8)>,
}

#[test]
fn openings() {
    let election = election();
    let layout = &election.layouts()[election.style(b"council").expect("style")];
    let secrets: Vec<[u8; 16]> = (1..=5u8).map(|number| [number; 16]).collect();
    let leaves: Vec<([u8; 32], [u8; 64])> = secrets
        .iter()
        .map(|secret| {
            let hash = card_hash(VOTE, DEVICE, &card_number(VOTE, DEVICE, secret));
            let own = *sigma(&[7; 32], &hash);
            (own, sigma_leaf(&hash, &own))
        })
        .collect();
    let hashes: Vec<[u8; 64]> = leaves.iter().map(|(_, leaf)| *leaf).collect();
    let committed = Committed {
        vote_id: VOTE,
        device: DEVICE,
        sigma_root: &merkle_root(&hashes),
        cards: 5,
    };
    let choices = fill_blanks(layout, &options(&election, "council", 1)).expect("fits");
    let card = dauys_core::encrypt::Card {
        vote_id: VOTE,
        device: DEVICE,
        secret: &secrets[3],
    };
    let ballot = dauys_core::encrypt::Prover::new(&election, "council")
        .and_then(|prover| prover.encrypt_with_sigma(&card, &leaves[3].0, &choices))
        .expect("encrypts");
    let ballot_hash = Ballot::parse(&election, &ballot)
        .expect("parses")
        .hash(election.root(), DEVICE);
    let path = merkle_path(&hashes, 3);
    let good = [
        &secrets[3][..],
        &leaves[3].0,
        &ballot_hash,
        path.as_flattened(),
    ]
    .concat();
    fuzz(60, 2_000, |change: &OpeningChange| {
        let mut bytes = good.clone();
        let at = usize::from(change.place) % bytes.len();
        bytes[at] ^= change.flip;
        let mut choices = choices.to_vec();
        if let Some((at, new)) = change.choice {
            let at = usize::from(at) % choices.len();
            choices[at] = new % 3;
        }
        let (secret, rest) = bytes.split_first_chunk::<16>().expect("long");
        let (sigma, rest) = rest.split_first_chunk::<32>().expect("long");
        let (ballot_hash, rest) = rest.split_first_chunk::<64>().expect("long");
        let mut path = rest.as_chunks::<32>().0.to_vec();
        match change.longer {
            Some(true) => path.push([0; 32]),
            Some(false) => drop(path.pop()),
            None => {}
        }
        let opening = Opening {
            style: "council",
            choices: &choices,
            secret,
            sigma,
            leaf: change.leaf.unwrap_or(3),
            path: &path,
            ballot_hash,
        };
        let opened = open_challenged(&election, &committed, &opening);
        let same = bytes == good && change.longer.is_none() && opening.leaf == 3;
        let known = [Error::Choice, Error::Blanks, Error::Sigma, Error::Rebuild];
        match opened {
            Ok(rebuilt) => assert!(same && rebuilt == ballot),
            Err(error) => assert!(known.contains(&error), "{error}"),
        }
    });
}

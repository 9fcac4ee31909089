//! Ballots that are made verify, alone and in batches; anything changed is named.

mod common;

use common::{DEVICE, VOTE, election, make, options};
use dauys_core::ballot::Ballot;
use dauys_core::batch::{ContestSum, Verifier};
use dauys_core::cards::card_hash;
use dauys_core::choose::Chosen;
use dauys_core::encrypt::{Card, Prover, fill_blanks};
use dauys_core::engine::Plain;
use dauys_core::error::Error;
use dauys_core::examine::{Origin, examine};
use dauys_core::verify::verify_one;

#[test]
fn honest_ballots_of_every_style_pass() {
    let election = election();
    for style in ["majilis", "abroad", "council", "all"] {
        for ballot in make(&election, style, 5) {
            assert_eq!(verify_one(&election, DEVICE, &ballot), Ok(()), "{style}");
        }
    }
}

#[test]
fn the_reference_ballot_has_1600_bytes_of_cryptography() {
    let election = election();
    let ballot = &make(&election, "majilis", 1)[0];
    assert_eq!(ballot.len(), 1600 + 2 + "majilis".len() + 16);
}

#[test]
fn a_batch_names_each_bad_ballot_and_its_equation() {
    let election = election();
    let mut ballots = make(&election, "majilis", 40);
    let header = 2 + 7 + 16;
    let other = ballots[1].clone();
    ballots[0][header + 32 * 23..header + 32 * 24]
        .copy_from_slice(&other[header + 32 * 23..header + 32 * 24]);
    ballots[17][header] ^= 1;
    ballots[39].pop();
    let views: Vec<&[u8]> = ballots.iter().map(Vec::as_slice).collect();
    let verdicts = Verifier::new(&election, Plain).verify(DEVICE, &views, &[1; 32], None);
    for (place, fault) in verdicts.faults.iter().enumerate() {
        assert_eq!(
            *fault,
            verify_one(&election, DEVICE, &ballots[place]).err(),
            "{place}"
        );
        assert_eq!(fault.is_some(), [0, 17, 39].contains(&place));
    }
    assert_eq!(verdicts.faults[0], Some(Error::Vector));
}

#[test]
fn an_examination_sums_what_passes_and_has_a_card() {
    let election = election();
    let mut ballots = make(&election, "majilis", 6);
    ballots[2][40] ^= 1;
    ballots[3] = vec![];
    let engine = Chosen::named("plain").expect("always there");
    let good: Vec<&[u8]> = [0, 1, 5]
        .map(|place: usize| ballots[place].as_slice())
        .into();
    let mut cards: Vec<_> = [0, 1, 2, 5]
        .map(|place: usize| {
            let ballot = Ballot::parse(&election, &ballots[place]).expect("a ballot");
            card_hash(VOTE, DEVICE, ballot.s1)
        })
        .into();
    cards.sort_unstable();
    let from = Origin {
        vote_id: VOTE,
        device: DEVICE,
        cards: &cards,
    };
    let views: Vec<&[u8]> = ballots.iter().map(Vec::as_slice).collect();
    let found = examine(engine, &election, from, &views, &[3; 32]);
    let plain = engine.verify(&election, DEVICE, &good, &[4; 32], None);
    assert_eq!(found.sums, plain.sums);
    let failed: Vec<_> = found.faults.iter().map(Option::is_some).collect();
    assert_eq!(failed, [false, false, true, true, false, false]);
    let listed: Vec<_> = found
        .facts
        .iter()
        .map(|facts| facts.map(|facts| facts.listed))
        .collect();
    assert_eq!(
        listed,
        [
            Some(true),
            Some(true),
            Some(true),
            None,
            Some(false),
            Some(true)
        ]
    );
    let first = found.facts[0].expect("facts");
    let ballot = Ballot::parse(&election, &ballots[0]).expect("a ballot");
    assert_eq!(first.hash, ballot.hash(election.root(), DEVICE));
    assert_eq!(
        (&first.s1, &first.randomizer),
        (ballot.s1, ballot.randomizer())
    );
}

#[test]
fn sums_less_a_part_are_the_sums_of_the_rest() {
    let election = election();
    let ballots = make(&election, "council", 5);
    let views: Vec<&[u8]> = ballots.iter().map(Vec::as_slice).collect();
    let engine = Chosen::named("").expect("always there");
    let add = |views: &[&[u8]]| engine.hold(&election, views).expect("ballots").add_up();
    for ((whole, part), rest) in add(&views)
        .iter()
        .zip(add(&views[..2]))
        .zip(add(&views[2..]))
    {
        assert_eq!(whole.less(&part), Ok(rest.clone()));
        assert_eq!(ContestSum::join(&[part.clone(), rest]), Ok(whole.clone()));
        assert!(part.ballots == 0 || part.less(whole).is_err());
    }
}

#[test]
fn what_is_rebuilt_in_the_open_is_what_was_made_in_secret() {
    let election = election();
    for style in ["majilis", "abroad", "council", "all"] {
        let prover = Prover::new(&election, style).expect("style");
        let layout = &election.layouts()[election.style(style.as_bytes()).expect("style")];
        for number in 0..4 {
            let card = Card {
                vote_id: VOTE,
                device: DEVICE,
                secret: &[number; 16],
            };
            let chosen = options(&election, style, usize::from(number));
            let choices = fill_blanks(layout, &chosen).expect("fits");
            let made = prover.encrypt_with_sigma(&card, &[9; 32], &choices);
            assert_eq!(prover.rebuild(&card, &[9; 32], &choices), made);
        }
    }
}

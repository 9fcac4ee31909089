//! Ballots that are made verify, alone and in batches; anything changed is named.

mod common;

use common::{DEVICE, election, make};
use dauys_core::batch::Verifier;
use dauys_core::engine::Plain;
use dauys_core::error::Error;
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

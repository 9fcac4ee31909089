//! The vector files of `spec/vectors/trustees` that need no Ed25519 and no age: partial decryptions, combinations,
//! and the proofs of possession and position keys of every transcript.

use dauys_core::ceremony::{
    Attempt, Coded, Possession, WeakKey, public_keys, verify_possession, weak_key,
};
use dauys_core::error::Error;
use dauys_core::group::{decode_point, decode_scalar};
use dauys_core::tally::{Partial, SumContext, combine, verify_partial};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

fn vectors(kind: &str) -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors/trustees");
    let mut found = Vec::new();
    for file in fs::read_dir(folder).expect("the vectors") {
        let path = file.expect("a file").path();
        let text = fs::read_to_string(&path).expect("text");
        let value: Value = serde_json::from_str(&text).expect("JSON");
        if value["kind"] == kind {
            found.push((path.display().to_string(), value));
        }
    }
    assert!(!found.is_empty(), "no vector of kind {kind}");
    found
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(text(value)).expect("hex")
}

fn hash(value: &Value) -> [u8; 64] {
    bytes(value).try_into().expect("64 bytes")
}

fn points(value: &Value) -> Result<Vec<Coded>, Error> {
    let list = value.as_array().expect("a list").iter();
    list.map(|item| Coded::decode(&bytes(item))).collect()
}

fn number(value: &Value) -> u32 {
    value.as_u64().expect("a number") as u32
}

fn judge_partial(vector: &Value) -> Result<(), Error> {
    let context = SumContext {
        root: &hash(&vector["root"]),
        wave: &hash(&vector["wave_hash"]),
        unit: text(&vector["unit"]),
        contest: text(&vector["contest"]),
        set: &hash(&vector["set"]),
    };
    let partial = Partial {
        d: points(&vector["d"])?,
        w1: Coded::decode(&bytes(&vector["w1"]))?,
        w2: Coded::decode(&bytes(&vector["w2"]))?,
        z: decode_scalar(&bytes(&vector["z"]))?,
    };
    let keys = points(&vector["verification"])?;
    let a = Coded::decode(&bytes(&vector["a"]))?;
    verify_partial(&context, number(&vector["number"]), &keys, &a, &partial)
}

#[test]
fn partial_decryptions() {
    for (name, vector) in vectors("partial") {
        let code = match judge_partial(&vector) {
            Ok(()) => "passed",
            Err(Error::Identity) => "T4.6",
            Err(Error::Length { .. }) => "T4.7",
            Err(Error::Point | Error::Scalar) => "T4.8",
            Err(Error::Equal) => "T4.9",
            Err(other) => panic!("{name}: {other}"),
        };
        assert_eq!(code, text(&vector["expect"]), "{name}");
    }
}

#[test]
fn combinations() {
    for (name, vector) in vectors("combine") {
        let listed = vector["parts"].as_object().expect("parts");
        let parts: Vec<(u32, Vec<Coded>)> = listed
            .iter()
            .map(|(d, list)| (d.parse().expect("a number"), points(list).expect("points")))
            .collect();
        let views: Vec<(u32, &[Coded])> = parts.iter().map(|(d, p)| (*d, p.as_slice())).collect();
        let list = vector["e"].as_array().expect("a list").iter();
        let e: Vec<_> = list
            .map(|item| decode_point(&bytes(item)).expect("a point"))
            .collect();
        let found = combine(&views, &e, vector["ballots"].as_u64().expect("a number"));
        if vector["expect"] == "passed" {
            let totals = vector["totals"].as_array().expect("totals").iter();
            let totals: Vec<u64> = totals.map(|n| n.as_u64().expect("a number")).collect();
            assert_eq!(found, Ok(totals), "{name}");
        } else {
            let code = match found {
                Err(Error::Logarithm) => "T5.2",
                Err(Error::Numbers) => "T4.2",
                other => panic!("{name}: {other:?}"),
            };
            assert_eq!(code, text(&vector["expect"]), "{name}");
        }
    }
}

/// The first of the codes that the core itself can find, of one transcript.
fn judge_transcript(transcript: &Value) -> &'static str {
    let plan = &transcript["plan"];
    let attempt = Attempt {
        vote_id: text(&plan["vote_id"]),
        attempt: number(&transcript["attempt"]),
        trustees: number(&plan["trustees"]),
        threshold: number(&plan["threshold"]),
        keys: 2,
    };
    let mut all = Vec::new();
    for file in transcript["reveals"].as_array().expect("reveals") {
        let reveal = &file["reveal"];
        let rows = reveal["commitments"].as_array().expect("rows").iter();
        let rows: Result<Vec<Vec<Coded>>, Error> = rows.map(points).collect();
        let Ok(rows) = rows else { return "K5.4" };
        let commitments: Vec<Coded> = rows.concat();
        let proof = &reveal["possession"];
        let (Ok(w), Ok(y)) = (
            Coded::decode(&bytes(&proof["w"])),
            decode_scalar(&bytes(&proof["y"])),
        ) else {
            return "K5.5";
        };
        let d = number(&file["number"]);
        match verify_possession(&attempt, d, &commitments, &Possession { w, y }) {
            Ok(()) => all.push(commitments),
            Err(Error::Length { .. }) => return "K5.3",
            Err(_) => return "K5.6",
        }
    }
    let keys = public_keys(&attempt, &all)
        .expect("all lists are whole")
        .keys;
    match weak_key(&keys) {
        Some(WeakKey::Alone(_)) => "K7.1",
        Some(WeakKey::Pair(..)) => "K7.2",
        None => "passed",
    }
}

#[test]
fn transcripts() {
    let own = ["K5.3", "K5.4", "K5.5", "K5.6", "K7.1", "K7.2"];
    for (name, vector) in vectors("transcript") {
        let expect = text(&vector["expect"]);
        let expect = if own.contains(&expect) {
            expect
        } else {
            "passed"
        };
        assert_eq!(judge_transcript(&vector["transcript"]), expect, "{name}");
    }
}

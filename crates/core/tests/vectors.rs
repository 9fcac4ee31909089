//! The vector files of `spec/vectors/ballots`, by every engine, alone and in one batch.
//!
//! `DAUYS_ONLY_VECTOR=name` looks at one file only, see `tools/defences.py`.

use dauys_core::choose::Chosen;
use dauys_core::error::Error;
use dauys_core::open::{Committed, Opening, open_challenged};
use dauys_core::style::{Contest, Election, Style};
use dauys_core::verify::verify_one;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors/ballots")
}

fn json(name: &str) -> Value {
    let text = fs::read_to_string(folder().join(name)).expect("a vector file");
    serde_json::from_str(&text).expect("JSON")
}

fn names() -> Vec<String> {
    let files = fs::read_dir(folder()).expect("the vectors");
    let mut names: Vec<String> = files
        .map(|file| {
            file.expect("a file")
                .file_name()
                .into_string()
                .expect("ASCII")
        })
        .collect();
    let only = std::env::var("DAUYS_ONLY_VECTOR").ok();
    names.retain(|name| {
        name != "election.json"
            && only
                .as_ref()
                .is_none_or(|only| *name == format!("{only}.json"))
    });
    names.sort();
    names
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().expect("text")).expect("hex")
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().expect("the length")
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("a number")).expect("small")
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn election(told: &Value, keys: &Value, root: &Value) -> Result<Arc<Election>, Error> {
    let contests = list(&told["contests"]).iter().map(|contest| Contest {
        id: text(&contest["id"]),
        options: number(&contest["options"]),
        limit: number(&contest["limit"]),
        first_key: number(&contest["first_key"]),
    });
    let styles: Vec<Style> = list(&told["styles"])
        .iter()
        .map(|style| Style {
            id: text(&style["id"]),
            contests: list(&style["contests"]).iter().map(number).collect(),
        })
        .collect();
    let keys = list(keys).iter().map(array).collect();
    Election::new(array(root), contests.collect(), &styles, keys).map(Arc::new)
}

fn open(told: &Value, election: &Arc<Election>, opening: &Value) -> Result<(), Error> {
    let path: Vec<[u8; 32]> = list(&opening["path"]).iter().map(array).collect();
    let committed = Committed {
        vote_id: &text(&told["vote_id"]),
        device: &text(&told["device"]),
        sigma_root: &array(&told["sigma_root"]),
        cards: number(&told["cards"]) as u64,
    };
    let opening = Opening {
        style: &text(&opening["style"]),
        choices: &bytes(&opening["choices"]),
        secret: &array(&opening["secret"]),
        sigma: &array(&opening["sigma"]),
        leaf: number(&opening["leaf"]) as u64,
        path: &path,
        ballot_hash: &array(&opening["ballot_hash"]),
    };
    open_challenged(election, &committed, &opening).map(drop)
}

fn verdict(told: &Value, vector: &Value) -> Result<(), Error> {
    let pick = |name: &str| {
        if vector[name].is_null() {
            &told[name]
        } else {
            &vector[name]
        }
    };
    let election = election(told, pick("keys"), pick("root"))?;
    if !vector["opening"].is_null() {
        return open(told, &election, &vector["opening"]);
    }
    if vector["ballot"].is_null() {
        return Ok(());
    }
    verify_one(&election, &text(pick("device")), &bytes(&vector["ballot"]))
}

fn word(found: &Result<(), Error>) -> &'static str {
    found.as_ref().err().map_or("ok", Error::word)
}

#[test]
fn every_file_has_the_verdict_it_expects() {
    let told = json("election.json");
    for name in names() {
        let vector = json(&name);
        assert_eq!(
            word(&verdict(&told, &vector)),
            text(&vector["expect"]),
            "{name}"
        );
    }
}

#[test]
fn side_files_change_no_verdict_on_any_engine() {
    let told = json("election.json");
    let election = election(&told, &told["keys"], &told["root"]).expect("sound");
    let device = text(&told["device"]);
    for name in names() {
        let vector = json(&name);
        if vector["hints"].is_null() {
            continue;
        }
        let (ballot, hints) = (bytes(&vector["ballot"]), bytes(&vector["hints"]));
        for engine in Chosen::available() {
            let side: [&[u8]; 1] = [&hints];
            let verdicts = engine.verify(&election, &device, &[&ballot], &[9; 32], Some(&side));
            let found = verdicts.faults[0].as_ref().map_or("ok", Error::word);
            assert_eq!(
                found,
                text(&vector["expect"]),
                "{name} by {}",
                engine.name()
            );
        }
    }
}

#[test]
fn one_batch_on_every_engine_names_the_same() {
    let told = json("election.json");
    let election = election(&told, &told["keys"], &told["root"]).expect("sound");
    let vectors: Vec<Value> = names().iter().map(|name| json(name)).collect();
    let usual = |vector: &&Value| {
        vector["ballot"].is_string() && vector["root"].is_null() && vector["device"].is_null()
    };
    let vectors: Vec<&Value> = vectors.iter().filter(usual).collect();
    let ballots: Vec<Vec<u8>> = vectors
        .iter()
        .map(|vector| bytes(&vector["ballot"]))
        .collect();
    let views: Vec<&[u8]> = ballots.iter().map(Vec::as_slice).collect();
    for engine in Chosen::available() {
        let verdicts = engine.verify(&election, &text(&told["device"]), &views, &[9; 32], None);
        for (fault, vector) in verdicts.faults.iter().zip(&vectors) {
            assert_eq!(
                fault.as_ref().map_or("ok", Error::word),
                text(&vector["expect"]),
                "{}",
                engine.name()
            );
        }
    }
}

#[test]
fn generators_and_weights_are_those_of_the_file() {
    use dauys_core::generators::generator;
    use dauys_core::transcript::weights;
    let path = folder().join("../group.json");
    let told: Value =
        serde_json::from_str(&fs::read_to_string(path).expect("the file")).expect("JSON");
    for row in list(&told["generators"]) {
        let point = generator(&text(&row["name"]), number(&row["index"]));
        assert_eq!(point.compress().to_bytes(), array(&row["point"]));
    }
    for row in list(&told["weights"]) {
        let found = weights(
            &text(&row["use"]),
            &bytes(&row["seed"]),
            list(&row["weights"]).len(),
        );
        let told: Vec<String> = list(&row["weights"]).iter().map(text).collect();
        assert_eq!(found.iter().map(u128::to_string).collect::<Vec<_>>(), told);
    }
}

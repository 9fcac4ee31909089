//! The vector files of `spec/vectors/ed25519`: one strict rule, whatever other libraries accept.

use dauys_core::ed25519::verify;
use dauys_core::error::Error;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().expect("text")).expect("hex")
}

#[test]
fn every_file_has_the_verdict_it_expects() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors/ed25519");
    let mut seen = 0;
    for file in fs::read_dir(folder).expect("the vectors") {
        let path = file.expect("a file").path();
        let text = fs::read_to_string(&path).expect("text");
        let vector: Value = serde_json::from_str(&text).expect("JSON");
        let found = verify(
            &bytes(&vector["key"]),
            &bytes(&vector["message"]),
            &bytes(&vector["signature"]),
        );
        let word = found.as_ref().err().map_or("ok", Error::word);
        assert_eq!(vector["expect"], word, "{}", path.display());
        seen += 1;
    }
    assert!(seen > 20, "only {seen} vectors");
}

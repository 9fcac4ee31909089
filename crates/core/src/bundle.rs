//! Bundles of a log: entries taken apart and held against their leaf hashes, all of one file at once.

use sha2::{Digest, Sha256};

/// The entries of a bundle, each after its length in two bytes, big-endian: exactly `width` of them and nothing more.
pub fn split(data: &[u8], width: usize) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::with_capacity(width.min(data.len() / 2));
    let mut rest = data;
    while entries.len() < width {
        let (head, after) = rest.split_first_chunk::<2>()?;
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*head)))?;
        entries.push(entry);
        rest = after;
    }
    rest.is_empty().then_some(entries)
}

/// Whether the entries hash to these leaves, 32 bytes each, in their order.
pub fn leaves_hold(entries: &[&[u8]], leaves: &[[u8; 32]]) -> bool {
    let leaf = |entry: &[u8]| -> [u8; 32] {
        let state = Sha256::new_with_prefix([0]);
        state.chain_update(entry).finalize().into()
    };
    let mut pairs = entries.iter().zip(leaves);
    entries.len() == leaves.len() && pairs.all(|(entry, expected)| leaf(entry) == *expected)
}

/// The root over hashes, 32 bytes each, whose number is a power of two; `None` for any other number.
pub fn complete_root(hashes: &[[u8; 32]]) -> Option<[u8; 32]> {
    if !hashes.len().is_power_of_two() {
        return None;
    }
    let node = |pair: &[[u8; 32]]| -> [u8; 32] {
        let state = Sha256::new_with_prefix([1]);
        state.chain_update(pair.as_flattened()).finalize().into()
    };
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = level.chunks_exact(2).map(node).collect();
    }
    level.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_its_entries_and_nothing_else() {
        let data = b"\x00\x01a\x00\x00\x00\x02bc";
        let entries = split(data, 3).expect("three entries");
        assert_eq!(entries, [&b"a"[..], b"", b"bc"]);
        assert_eq!(split(data, 2), None);
        assert_eq!(split(data, 4), None);
        assert_eq!(split(&data[..7], 3), None);
        assert_eq!(split(b"\x00", 1), None);
        assert_eq!(split(b"", 0), Some(vec![]));
    }

    #[test]
    fn a_complete_root_is_that_of_rfc_6962() {
        let node = |left: &[u8; 32], right: &[u8; 32]| -> [u8; 32] {
            Sha256::digest([&[1u8][..], left, right].concat()).into()
        };
        let [a, b, c, d] = [[1; 32], [2; 32], [3; 32], [4; 32]];
        let root = node(&node(&a, &b), &node(&c, &d));
        assert_eq!(complete_root(&[a, b, c, d]), Some(root));
        assert_eq!(complete_root(&[a]), Some(a));
        assert_eq!(complete_root(&[a, b, c]), None);
        assert_eq!(complete_root(&[]), None);
    }

    #[test]
    fn leaves_are_those_of_rfc_6962() {
        let leaf: [u8; 32] = Sha256::digest(b"\x00a").into();
        assert!(leaves_hold(&[b"a"], &[leaf]));
        assert!(!leaves_hold(&[b"b"], &[leaf]));
        assert!(!leaves_hold(&[b"a"], &[leaf, leaf]));
    }
}

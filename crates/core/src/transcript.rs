//! The one hash of the protocol: SHA-512 over framed parts, with a tag for every use.
//!
//! `H(tag, p1, …, pk)` = SHA-512 over `k ‖ len(tag) ‖ tag ‖ len(p1) ‖ p1 ‖ …`, where `k` and every
//! length are 8 bytes little-endian and the tag is the ASCII text `dauys/v1/<use>`. The framing is
//! prefix-free: no two lists of parts have the same bytes. `H` is never used as a MAC.

use curve25519_dalek::scalar::Scalar;
use sha2::{Digest, Sha512};

/// What every tag begins with.
pub const TAG_PREFIX: &str = "dauys/v1/";

/// Length of a hash in bytes.
pub const HASH_BYTES: usize = 64;

/// The 64 bytes of `H(dauys/v1/<usage>, parts…)`.
pub fn hash(usage: &str, parts: &[&[u8]]) -> [u8; HASH_BYTES] {
    hash_list(usage, parts, core::iter::empty::<&[u8]>())
}

/// `H` over the parts of `head` and then those of `list`, each element a part of its own.
pub fn hash_list<P, L>(usage: &str, head: &[&[u8]], list: L) -> [u8; HASH_BYTES]
where
    P: AsRef<[u8]>,
    L: ExactSizeIterator<Item = P>,
{
    let mut state = Sha512::new();
    state.update(length(head.len() + list.len()));
    state.update(length(TAG_PREFIX.len() + usage.len()));
    state.update(TAG_PREFIX);
    state.update(usage);
    for part in head {
        absorb(&mut state, part);
    }
    for part in list {
        absorb(&mut state, part.as_ref());
    }
    state.finalize().into()
}

/// `Hs`: the 64 bytes of [`hash`] read little-endian and reduced modulo the group order.
pub fn hash_to_scalar(usage: &str, parts: &[&[u8]]) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&hash(usage, parts))
}

/// `Hs` over a head and a list, see [`hash_list`].
pub fn hash_list_to_scalar<P, L>(usage: &str, head: &[&[u8]], list: L) -> Scalar
where
    P: AsRef<[u8]>,
    L: ExactSizeIterator<Item = P>,
{
    Scalar::from_bytes_mod_order_wide(&hash_list(usage, head, list))
}

/// `count` weights of 128 bits: weight `4b + s` is bytes `16s…16s+15`, little-endian, of `H(usage, seed, b)`.
pub fn weights(usage: &str, seed: &[u8], count: usize) -> Vec<u128> {
    let mut found = Vec::with_capacity(count + 3);
    for block in 0..count.div_ceil(4) {
        let bytes = hash(usage, &[seed, &index(block)]);
        found.extend(
            bytes
                .as_chunks::<16>()
                .0
                .iter()
                .map(|part| u128::from_le_bytes(*part)),
        );
    }
    found.truncate(count);
    found
}

/// An index as it is hashed: 4 bytes, little-endian. Every count in the protocol is far below 2³².
pub fn index(value: usize) -> [u8; 4] {
    (value as u32).to_le_bytes()
}

fn absorb(state: &mut Sha512, part: &[u8]) {
    state.update(length(part.len()));
    state.update(part);
}

fn length(bytes: usize) -> [u8; 8] {
    (bytes as u64).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn framing_is_the_documented_bytes() {
        let mut plain = Sha512::new();
        plain.update(2u64.to_le_bytes());
        plain.update(13u64.to_le_bytes());
        plain.update(b"dauys/v1/test");
        plain.update(2u64.to_le_bytes());
        plain.update(b"ab");
        plain.update(0u64.to_le_bytes());
        let expected: [u8; 64] = plain.finalize().into();
        assert_eq!(hash("test", &[b"ab", b""]), expected);
        assert_eq!(hash_list("test", &[b"ab"], [b""].iter()), expected);
    }

    #[test]
    fn moving_a_byte_between_parts_changes_the_hash() {
        assert_ne!(hash("test", &[b"ab", b"c"]), hash("test", &[b"a", b"bc"]));
        assert_ne!(hash("test", &[b"ab"]), hash("test", &[b"ab", b""]));
        assert_ne!(hash("test", &[b"ab"]), hash("tes", &[b"tab"]));
    }

    #[test]
    fn weights_are_four_to_a_block() {
        let found = weights("rho", b"seed", 5);
        let second = hash("rho", &[b"seed", &1u32.to_le_bytes()]);
        assert_eq!(found.len(), 5);
        assert_eq!(found[4].to_le_bytes(), second[..16]);
    }
}

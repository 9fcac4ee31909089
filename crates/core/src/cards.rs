//! Cards, coins and the seed: everything a ballot is made of but the choices.
//!
//! A card carries one covered secret `s`. `s₁ = H(card1, vote id, device id, s)[..16]` is public once used,
//! `s₂ = H(card2, vote id, device id, s)[..32]` only when challenged. The machine chooses nothing: its value for
//! the card is `σ = H(sigma, K, card hash)[..32]`, the seed `H(seed, s₂, σ, ctx, m)[..32]`, and every coin
//! `Hs(coin, seed, ctx, m, name, j)`.

use crate::ballot::{CARD_BYTES, letters};
use crate::error::Error;
use crate::transcript::{hash, hash_list, hash_to_scalar, index};
use curve25519_dalek::scalar::Scalar;
use zeroize::Zeroizing;

/// Length of a card's covered secret.
pub const SECRET_BYTES: usize = 16;

/// `s₁`: the card's number, public once the card is used.
pub fn card_number(vote_id: &str, device: &str, secret: &[u8; SECRET_BYTES]) -> [u8; CARD_BYTES] {
    first(&hash(
        "card1",
        &[vote_id.as_bytes(), device.as_bytes(), secret],
    ))
}

/// `s₂`: known to the machine while it makes the ballot, published only by a challenge.
pub fn card_opening(
    vote_id: &str,
    device: &str,
    secret: &[u8; SECRET_BYTES],
) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(first(&hash(
        "card2",
        &[vote_id.as_bytes(), device.as_bytes(), secret],
    )))
}

/// What stands in the device's card list before opening: `H(card, vote id, device id, s₁)`.
pub fn card_hash(vote_id: &str, device: &str, s1: &[u8; CARD_BYTES]) -> [u8; 64] {
    hash("card", &[vote_id.as_bytes(), device.as_bytes(), s1])
}

/// The hash of a device's card list: `H(cards, vote id, device id, card hash…)`. The list must be in ascending order.
pub fn card_list_hash(vote_id: &str, device: &str, list: &[[u8; 64]]) -> [u8; 64] {
    hash_list(
        "cards",
        &[vote_id.as_bytes(), device.as_bytes()],
        list.iter(),
    )
}

/// The hashes at the beginning of a card list's file, and where the rest of it begins.
///
/// The file is in RFC 8785 form, so it begins with `{"cards":[` and hashes in lower-case hex, joined by commas; for
/// anything else there is no answer.
pub fn read_card_hashes(data: &[u8]) -> Option<(Vec<[u8; 64]>, usize)> {
    const HEAD: &[u8] = b"{\"cards\":[";
    let mut rest = data.strip_prefix(HEAD)?;
    let mut hashes = Vec::with_capacity(data.len() / 131);
    while rest.first() == Some(&b'"') {
        let (text, after) = rest[1..].split_first_chunk::<128>()?;
        hashes.push(read_hex(text)?);
        rest = after.strip_prefix(b"\"")?;
        match rest.strip_prefix(b",") {
            Some(after) if after.first() == Some(&b'"') => rest = after,
            Some(_) => return None,
            None => break,
        }
    }
    let rest = rest.strip_prefix(b"]")?;
    Some((hashes, data.len() - rest.len()))
}

fn read_hex(text: &[u8; 128]) -> Option<[u8; 64]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut hash = [0; 64];
    for (byte, pair) in hash.iter_mut().zip(text.as_chunks::<2>().0) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(hash)
}

/// What people look a ballot up by: the first 60 bits of `s₁`, as 3 × 4 letters.
pub fn card_name(s1: &[u8; CARD_BYTES]) -> String {
    letters(s1, 12)
}

/// The secret as it is typed: 26 letters of Crockford base-32 and two check letters, `H(card-check, s)`.
pub fn card_letters(secret: &[u8; SECRET_BYTES]) -> String {
    let check = hash("card-check", &[secret]);
    let mut padded = Zeroizing::new([0u8; 17]);
    padded[..SECRET_BYTES].copy_from_slice(secret);
    let body: String = letters(&*padded, 26).replace('-', "");
    let whole = Zeroizing::new(body + &letters(&check, 2));
    group_by_four(&whole)
}

/// Reads a typed secret; `O` is read as 0, `I` and `L` as 1, case, spaces and hyphens are ignored.
///
/// # Errors
/// [`Error::Length`] if there are not 28 letters, [`Error::Card`] for a letter that is none or check letters that
/// do not fit.
pub fn read_card_letters(text: &str) -> Result<Zeroizing<[u8; SECRET_BYTES]>, Error> {
    let values: Zeroizing<Vec<u8>> = Zeroizing::new(
        text.chars()
            .filter(|letter| !matches!(letter, ' ' | '-'))
            .map(letter_value)
            .collect::<Result<_, _>>()?,
    );
    if values.len() != 28 {
        return Err(Error::Length {
            found: values.len(),
            expected: 28,
        });
    }
    let mut secret = Zeroizing::new([0u8; SECRET_BYTES]);
    for place in 0..8 * SECRET_BYTES {
        let bit = (values[place / 5] >> (4 - place % 5)) & 1;
        secret[place / 8] |= bit << (7 - place % 8);
    }
    let given: String = text
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-'))
        .collect::<String>()
        .to_ascii_uppercase()
        .replace('O', "0")
        .replace(['I', 'L'], "1");
    if *card_letters(&secret).replace('-', "") != *given {
        return Err(Error::Card);
    }
    Ok(secret)
}

fn letter_value(letter: char) -> Result<u8, Error> {
    const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let upper = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET
        .find(upper)
        .map(|value| value as u8)
        .ok_or(Error::Card)
}

fn group_by_four(text: &str) -> String {
    let groups: Vec<&str> = (0..text.len())
        .step_by(4)
        .map(|at| &text[at..(at + 4).min(text.len())])
        .collect();
    groups.join("-")
}

/// `σ`: the device's own value for one card, a function of its coin key `K`.
pub fn sigma(coin_key: &[u8; 32], card_hash: &[u8; 64]) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(first(&hash("sigma", &[coin_key, card_hash])))
}

/// The seed of a ballot: nothing free is in it.
pub fn seed(
    s2: &[u8; 32],
    sigma: &[u8; 32],
    ctx: &[u8; 64],
    choices: &[u8],
) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(first(&hash("seed", &[s2, sigma, ctx, choices])))
}

/// Draws the coins of one ballot, each by its name and index.
pub struct Coins<'a> {
    /// The seed.
    pub seed: &'a [u8; 32],
    /// The context of the ballot.
    pub ctx: &'a [u8; 64],
    /// The choices, one byte 0 or 1 for each of the `N` positions.
    pub choices: &'a [u8],
}

impl Coins<'_> {
    /// `Hs(coin, seed, ctx, m, name, j)`.
    pub fn draw(&self, name: &str, place: usize) -> Scalar {
        hash_to_scalar(
            "coin",
            &[
                self.seed,
                self.ctx,
                self.choices,
                name.as_bytes(),
                &index(place),
            ],
        )
    }
}

fn first<const N: usize>(bytes: &[u8; 64]) -> [u8; N] {
    let mut taken = [0; N];
    taken.copy_from_slice(&bytes[..N]);
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_in_its_one_form() {
        let one = "0f".repeat(64);
        let file = format!("{{\"cards\":[\"{one}\",\"{one}\"],\"device\":\"d\"}}");
        let (hashes, end) = read_card_hashes(file.as_bytes()).expect("a list");
        assert_eq!(hashes, [[0x0f; 64]; 2]);
        assert_eq!(&file[end..], ",\"device\":\"d\"}");
        assert_eq!(read_card_hashes(b"{\"cards\":[]}"), Some((vec![], 11)));
        for bad in [
            file.replace("0f0f", "0F0f"),
            file.replace("\",\"", "\" ,\""),
            file.replace("\"]", "\",]"),
            file.replace("\"]", "0\"]"),
            file[..200].to_owned(),
            file.replace("{\"cards", "{ \"cards"),
        ] {
            assert_eq!(read_card_hashes(bad.as_bytes()), None, "{bad}");
        }
    }
}

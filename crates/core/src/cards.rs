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

//! What a ballot is made of: contests, styles, and the places of their positions.
//!
//! Per contest the options come first and then `limit` blanks. Options are encrypted, blanks are only
//! committed; `i` counts encrypted positions, `p(i)` is the place of the i-th among all positions, and
//! `κ(i)` the index of its key. The three are kept apart everywhere.

use crate::encrypt::Opened;
use crate::error::Error;
use crate::generators::Generators;
use crate::group::decode_point_not_identity;
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT as BASE;
use curve25519_dalek::ristretto::RistrettoPoint;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

/// The most positions a ballot may have, blanks included.
pub const MAX_POSITIONS: usize = 512;

/// One question to the voter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contest {
    /// Its id, ASCII, 1–64 bytes.
    pub id: String,
    /// How many options it has, "against all" included.
    pub options: usize,
    /// How many of them a ballot may choose, `1 ≤ limit ≤ options`.
    pub limit: usize,
    /// The key index of its first option; the others follow.
    pub first_key: usize,
}

/// An ordered list of contests, by their place in the election's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Its id, ASCII, 1–64 bytes.
    pub id: String,
    /// Places of its contests.
    pub contests: Vec<usize>,
}

/// Where one contest stands on a ballot of one style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The contest's place in the election's list.
    pub contest: usize,
    /// Place of its first option among all positions.
    pub start: usize,
    /// Number `i` of its first option among the encrypted ones.
    pub first: usize,
    /// Options, which are encrypted.
    pub options: usize,
    /// Limit, which is also the number of blanks after the options.
    pub limit: usize,
}

impl Part {
    /// The place of the contest's last position, whose answer is implied.
    pub fn last(&self) -> usize {
        self.start + self.options + self.limit - 1
    }
}

/// The places of a style's positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The style's id.
    pub id: String,
    /// One part for each contest, in order.
    pub parts: Vec<Part>,
    /// `N`: all positions, blanks included.
    pub positions: usize,
    /// `p(i)`: the place among all positions of the i-th encrypted one.
    pub places: Vec<usize>,
    /// `κ(i)`: the key index of the i-th encrypted position.
    pub keys: Vec<usize>,
}

impl Layout {
    fn new(style: &Style, contests: &[Contest]) -> Result<Self, Error> {
        let mut layout = Self {
            id: style.id.clone(),
            parts: Vec::new(),
            positions: 0,
            places: Vec::new(),
            keys: Vec::new(),
        };
        for &contest in &style.contests {
            layout.push(contest, contests.get(contest).ok_or(Error::Style)?);
        }
        let distinct: HashSet<_> = layout.keys.iter().collect();
        if layout.parts.is_empty()
            || layout.positions > MAX_POSITIONS
            || distinct.len() != layout.keys.len()
        {
            return Err(Error::Style);
        }
        Ok(layout)
    }

    fn push(&mut self, contest: usize, about: &Contest) {
        let part = Part {
            contest,
            start: self.positions,
            first: self.places.len(),
            options: about.options,
            limit: about.limit,
        };
        self.places
            .extend((0..about.options).map(|option| part.start + option));
        self.keys
            .extend((0..about.options).map(|option| about.first_key + option));
        self.positions += about.options + about.limit;
        self.parts.push(part);
    }

    /// `n`: the number of encrypted positions.
    pub fn encrypted(&self) -> usize {
        self.places.len()
    }

    /// Points on the wire: `R`, `C_i`, `P`, `Q`, `T`.
    pub fn points(&self) -> usize {
        self.encrypted() + 4
    }

    /// Scalars on the wire: the answers but the last of each contest, then `z` and `y`.
    pub fn scalars(&self) -> usize {
        self.positions - self.parts.len() + 2
    }
}

/// The public part of an election that ballots are made and checked against.
#[derive(Clone, Debug)]
pub struct Election {
    root: [u8; 64],
    contests: Vec<Contest>,
    layouts: Vec<Layout>,
    by_id: HashMap<Vec<u8>, usize>,
    keys: Vec<RistrettoPoint>,
    key_bytes: Vec<[u8; 32]>,
    generators: Generators,
    fixed_bases: Vec<[u8; 32]>,
    opened: Arc<OnceLock<Opened>>,
}

impl Election {
    /// Builds the tables once; afterwards nothing about contests, styles or keys can be wrong.
    ///
    /// # Errors
    /// [`Error::Style`] for contests or styles that break the rules above, [`Error::Point`] or
    /// [`Error::Identity`] for a key that is no point, [`Error::Keys`] for keys that are `±B` or `±` one another.
    pub fn new(
        root: [u8; 64],
        contests: Vec<Contest>,
        styles: &[Style],
        key_bytes: Vec<[u8; 32]>,
    ) -> Result<Self, Error> {
        let keys = decode_keys(&key_bytes)?;
        if !contests
            .iter()
            .all(|contest| contest_is_sound(contest, keys.len()))
        {
            return Err(Error::Style);
        }
        let mut layouts = Vec::with_capacity(styles.len());
        let mut by_id = HashMap::new();
        for style in styles {
            let again = by_id
                .insert(style.id.as_bytes().to_vec(), layouts.len())
                .is_some();
            if again || !id_is_sound(&style.id) {
                return Err(Error::Style);
            }
            layouts.push(Layout::new(style, &contests)?);
        }
        let positions = layouts
            .iter()
            .map(|layout| layout.positions)
            .max()
            .unwrap_or(0);
        let generators = Generators::new(positions);
        Ok(Self {
            root,
            contests,
            layouts,
            by_id,
            keys,
            fixed_bases: fixed_bases(&key_bytes, &generators),
            key_bytes,
            generators,
            opened: Arc::default(),
        })
    }

    /// The election root.
    pub fn root(&self) -> &[u8; 64] {
        &self.root
    }

    /// All contests, in the order of their places.
    pub fn contests(&self) -> &[Contest] {
        &self.contests
    }

    /// The layouts of all styles.
    pub fn layouts(&self) -> &[Layout] {
        &self.layouts
    }

    /// All position keys `h`.
    pub fn keys(&self) -> &[RistrettoPoint] {
        &self.keys
    }

    /// All position keys as their encodings.
    pub fn key_bytes(&self) -> &[[u8; 32]] {
        &self.key_bytes
    }

    /// Generators enough for the longest style.
    pub fn generators(&self) -> &Generators {
        &self.generators
    }

    /// The encodings of all points that are the same for every ballot: `B, U, V`, all `h`, all `G_j`, all `G'_j`.
    pub fn fixed_bases(&self) -> &[[u8; 32]] {
        &self.fixed_bases
    }

    /// Tables for ballots whose secrets are public, made when the first one is needed.
    pub(crate) fn opened(&self) -> &Opened {
        self.opened.get_or_init(|| Opened::new(&self.generators))
    }

    /// The place of the style with this id.
    ///
    /// # Errors
    /// [`Error::Style`] if the election has no such style.
    pub fn style(&self, id: &[u8]) -> Result<usize, Error> {
        self.by_id.get(id).copied().ok_or(Error::Style)
    }
}

fn fixed_bases(keys: &[[u8; 32]], to: &Generators) -> Vec<[u8; 32]> {
    let encode = |point: &RistrettoPoint| point.compress().to_bytes();
    let mut bases = vec![encode(&BASE), encode(&to.u), encode(&to.v)];
    bases.extend_from_slice(keys);
    bases.extend(to.g.iter().map(encode));
    bases.extend(to.g_prime.iter().map(encode));
    bases
}

fn id_is_sound(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.is_ascii()
}

fn contest_is_sound(contest: &Contest, keys: usize) -> bool {
    let end = contest.first_key.checked_add(contest.options);
    id_is_sound(&contest.id)
        && (1..=contest.options).contains(&contest.limit)
        && contest.options < MAX_POSITIONS
        && end.is_some_and(|end| end <= keys)
}

/// Decodes position keys and refuses every relation that anyone could see: identity, `±B`, `±` another key.
///
/// # Errors
/// [`Error::Point`], [`Error::Identity`], [`Error::Keys`].
pub fn decode_keys(bytes: &[[u8; 32]]) -> Result<Vec<RistrettoPoint>, Error> {
    let mut seen = HashSet::from([BASE.compress().to_bytes(), (-BASE).compress().to_bytes()]);
    let mut keys = Vec::with_capacity(bytes.len());
    for encoded in bytes {
        let key = decode_point_not_identity(encoded)?;
        let fresh = seen.insert(*encoded) && seen.insert((-key).compress().to_bytes());
        if !fresh {
            return Err(Error::Keys);
        }
        keys.push(key);
    }
    Ok(keys)
}

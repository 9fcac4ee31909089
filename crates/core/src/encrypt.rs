//! Making a ballot: encryption and proof, in constant time.
//!
//! The running time depends on the style and on the weights `ρ`, a hash of what the ballot publishes; never on choices or coins
//! in any other way. All secrets are zeroized.

use crate::ballot::{FORMAT, challenge, context, first_hash};
use crate::cards::{Coins, SECRET_BYTES, card_hash, card_number, card_opening, seed, sigma};
use crate::error::Error;
use crate::generators::Generators;
use crate::style::{Election, Layout};
use crate::transcript::weights;
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT as BASE;
use curve25519_dalek::ristretto::{
    RistrettoBasepointTable, RistrettoPoint, VartimeRistrettoPrecomputation,
};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{
    Identity, IsIdentity, MultiscalarMul, VartimeMultiscalarMul, VartimePrecomputedMultiscalarMul,
};
use std::sync::Arc;
use subtle::{Choice, ConditionallySelectable, ConstantTimeGreater};
use zeroize::{Zeroize, Zeroizing};

/// Makes ballots of one style; holds the multiplication tables of its keys (30 kB a key).
pub struct Prover {
    election: Arc<Election>,
    layout: Layout,
    tables: Vec<Arc<KeyTable>>,
}

/// The multiplication table of one position key.
pub type KeyTable = RistrettoBasepointTable;

/// What a machine needs to know of the card and of itself.
pub struct Card<'a> {
    /// The vote id: election id, round and repeat number.
    pub vote_id: &'a str,
    /// The device id.
    pub device: &'a str,
    /// The card's covered secret `s`.
    pub secret: &'a [u8; SECRET_BYTES],
}

impl Prover {
    /// Prepares a style.
    ///
    /// # Errors
    /// [`Error::Style`] if the election has no such style.
    pub fn new(election: &Arc<Election>, style: &str) -> Result<Self, Error> {
        let table = |key: usize| Arc::new(KeyTable::create(&election.keys()[key]));
        Self::with_tables(election, style, table)
    }

    /// Prepares a style with tables of its keys, by their index, that may have been made before.
    ///
    /// # Errors
    /// As [`Prover::new`].
    pub fn with_tables(
        election: &Arc<Election>,
        style: &str,
        table: impl FnMut(usize) -> Arc<KeyTable>,
    ) -> Result<Self, Error> {
        let layout = election.layouts()[election.style(style.as_bytes())?].clone();
        let tables = layout.keys.iter().copied().map(table).collect();
        Ok(Self {
            election: Arc::clone(election),
            layout,
            tables,
        })
    }

    /// The id of its style.
    pub fn style(&self) -> &str {
        &self.layout.id
    }

    /// Encrypts `options`, one byte 0 or 1 for each encrypted position, with coins that leave no choice.
    ///
    /// # Errors
    /// [`Error::Length`] and [`Error::Choice`] for choices that do not fit the style; [`Error::Identity`] and
    /// [`Error::Challenge`] with probability 2⁻²⁵², when the session is abandoned.
    pub fn encrypt(
        &self,
        card: &Card<'_>,
        coin_key: &[u8; 32],
        options: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let s1 = card_number(card.vote_id, card.device, card.secret);
        let own = sigma(coin_key, &card_hash(card.vote_id, card.device, &s1));
        let choices = fill_blanks(&self.layout, options)?;
        self.encrypt_with_sigma(card, &own, &choices)
    }

    /// Encrypts all `N` positions with a known `σ`: what a challenge repeats.
    ///
    /// # Errors
    /// As [`Prover::encrypt`].
    pub fn encrypt_with_sigma(
        &self,
        card: &Card<'_>,
        sigma: &[u8; 32],
        choices: &[u8],
    ) -> Result<Vec<u8>, Error> {
        self.made(card, sigma, choices, None)
    }

    fn made(
        &self,
        card: &Card<'_>,
        sigma: &[u8; 32],
        choices: &[u8],
        opened: Option<&Opened>,
    ) -> Result<Vec<u8>, Error> {
        check_choices(&self.layout, choices)?;
        let s1 = card_number(card.vote_id, card.device, card.secret);
        let ctx = context(self.election.root(), card.device, &self.layout.id, &s1);
        let s2 = card_opening(card.vote_id, card.device, card.secret);
        let seed = seed(&s2, sigma, &ctx, choices);
        let coins = Coins {
            seed: &seed,
            ctx: &ctx,
            choices,
        };
        let mut bytes = Vec::with_capacity(1800);
        bytes.extend_from_slice(&[FORMAT, self.layout.id.len() as u8]);
        bytes.extend_from_slice(self.layout.id.as_bytes());
        bytes.extend_from_slice(&s1);
        self.prove(&coins, opened, &mut bytes)?;
        Ok(bytes)
    }

    /// Makes again the ballot of a challenge that was opened: nothing of it is secret any more, so it may be fast.
    ///
    /// # Errors
    /// As [`Prover::encrypt`].
    pub fn rebuild(
        &self,
        card: &Card<'_>,
        sigma: &[u8; 32],
        choices: &[u8],
    ) -> Result<Vec<u8>, Error> {
        self.made(card, sigma, choices, Some(self.election.opened()))
    }

    /// Appends points and answers; `opened` where secrets have become public.
    fn prove(
        &self,
        coins: &Coins<'_>,
        opened: Option<&Opened>,
        bytes: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let secret = Drawn::new(&self.layout, coins);
        let (mut points, commitments) = if let Some(opened) = opened {
            let points = self.opened_ciphertexts(coins.choices, &secret)?;
            (points, opened.commitments(coins.choices, &secret))
        } else {
            let commitments = [
                self.commit_choices(coins.choices, &secret),
                self.commit_masks(&secret),
            ];
            (self.ciphertexts(coins.choices, &secret)?, commitments)
        };
        points.extend(commitments.map(|point| point.compress().to_bytes()));
        let first = first_hash(coins.ctx, &points);
        let rho = weights("rho", &first, self.layout.encrypted());
        let last = self.announce(&rho, &secret).compress().to_bytes();
        let c = challenge(&first, &last);
        if c == Scalar::ZERO {
            return Err(Error::Challenge);
        }
        for point in points.iter().chain([&last]) {
            bytes.extend_from_slice(point);
        }
        self.answer(coins.choices, &c, &secret, bytes);
        Ok(())
    }

    /// `R = r·B` and `C_i = r·h_κ(i) + m_i·B`.
    fn ciphertexts(&self, choices: &[u8], secret: &Drawn) -> Result<Vec<[u8; 32]>, Error> {
        let randomizer = RistrettoPoint::mul_base(&secret.r);
        if randomizer.is_identity() {
            return Err(Error::Identity);
        }
        let mut points = Vec::with_capacity(self.layout.points());
        points.push(randomizer.compress().to_bytes());
        for (table, &place) in self.tables.iter().zip(&self.layout.places) {
            let choice = pick(&BASE, choices[place]);
            points.push((&secret.r * &**table + choice).compress().to_bytes());
        }
        Ok(points)
    }

    /// The same points as [`Prover::ciphertexts`], of what is public. All are halved, doubled and encoded together.
    fn opened_ciphertexts(&self, choices: &[u8], secret: &Drawn) -> Result<Vec<[u8; 32]>, Error> {
        let half = Scalar::from(2u64).invert();
        let (r, base) = (secret.r * half, BASE * half);
        let mut halves = vec![RistrettoPoint::mul_base(&r)];
        if halves[0].is_identity() {
            return Err(Error::Identity);
        }
        for (table, &place) in self.tables.iter().zip(&self.layout.places) {
            let masked = &r * &**table;
            halves.push(if choices[place] == 1 {
                masked + base
            } else {
                masked
            });
        }
        let encoded = RistrettoPoint::double_and_compress_batch(&halves);
        Ok(encoded.iter().map(|point| point.to_bytes()).collect())
    }

    /// `P = β·U + r·V + Σ m_j·G_j + Σ a_j(1−2m_j)·G'_j`.
    fn commit_choices(&self, choices: &[u8], secret: &Drawn) -> RistrettoPoint {
        let to = self.election.generators();
        let mut scalars = room(2 + secret.a.len());
        scalars.extend([secret.beta, secret.r]);
        scalars.extend(
            secret
                .a
                .iter()
                .zip(choices)
                .map(|(a, &m)| Scalar::conditional_select(a, &-a, Choice::from(m))),
        );
        let bases = [to.u, to.v].into_iter().chain(to.g_prime.iter().copied());
        let masked = RistrettoPoint::multiscalar_mul(scalars.iter(), bases.take(scalars.len()));
        to.g.iter()
            .zip(choices)
            .fold(masked, |sum, (g, &m)| sum + pick(g, m))
    }

    /// `Q = γ·U + w·V + Σ a_j·G_j − Σ a_j²·G'_j`.
    fn commit_masks(&self, secret: &Drawn) -> RistrettoPoint {
        let to = self.election.generators();
        let n = secret.a.len();
        let mut scalars = room(2 + 2 * n);
        scalars.extend([secret.gamma, secret.w]);
        scalars.extend(secret.a.iter());
        scalars.extend(secret.a.iter().map(|a| -(a * a)));
        let bases = [to.u, to.v]
            .into_iter()
            .chain(to.g[..n].iter().copied())
            .chain(to.g_prime[..n].iter().copied());
        RistrettoPoint::multiscalar_mul(scalars.iter(), bases)
    }

    /// `T = w·(B + Σ ρ_i h_κ(i)) + (Σ ρ_i a_i)·B`. The weights and keys are public, so their sum may leak time.
    fn announce(&self, rho: &[u128], secret: &Drawn) -> RistrettoPoint {
        let public: Vec<Scalar> = rho.iter().map(|&weight| Scalar::from(weight)).collect();
        let keys = self
            .layout
            .keys
            .iter()
            .map(|&key| self.election.keys()[key]);
        let key = BASE + RistrettoPoint::vartime_multiscalar_mul(public.iter(), keys);
        let masks: Zeroizing<Scalar> = Zeroizing::new(
            public
                .iter()
                .zip(&self.layout.places)
                .map(|(weight, &place)| weight * secret.a[place])
                .sum(),
        );
        RistrettoPoint::multiscalar_mul([&secret.w, &*masks], [key, BASE])
    }

    /// Appends `f_j = c·m_j + a_j` but the last of each contest, `z = c·r + w`, `y = c·β + γ`.
    fn answer(&self, choices: &[u8], c: &Scalar, secret: &Drawn, bytes: &mut Vec<u8>) {
        for part in &self.layout.parts {
            let own = part.start..part.last();
            for (&m, a) in choices[own.clone()].iter().zip(&secret.a[own]) {
                let f = Scalar::conditional_select(&Scalar::ZERO, c, Choice::from(m)) + a;
                bytes.extend_from_slice(f.as_bytes());
            }
        }
        bytes.extend_from_slice((c * secret.r + secret.w).as_bytes());
        bytes.extend_from_slice((c * secret.beta + secret.gamma).as_bytes());
    }
}

/// Tables of the generators `U, V, G…, G'…`, for commitments whose openings are public: they leak time.
pub struct Opened {
    tables: VartimeRistrettoPrecomputation,
    positions: usize,
}

impl Opened {
    pub(crate) fn new(to: &Generators) -> Self {
        let bases = [to.u, to.v].into_iter();
        let bases = bases
            .chain(to.g.iter().copied())
            .chain(to.g_prime.iter().copied());
        Self {
            tables: VartimeRistrettoPrecomputation::new(bases),
            positions: to.g.len(),
        }
    }

    /// `P` and `Q`, as [`Prover::commit_choices`] and [`Prover::commit_masks`] make them.
    fn commitments(&self, choices: &[u8], secret: &Drawn) -> [RistrettoPoint; 2] {
        let signed = |(a, &m): (&Scalar, &u8)| if m == 1 { -a } else { *a };
        let p_g = choices.iter().map(|&m| Scalar::from(m));
        let p_prime = secret.a.iter().zip(choices).map(signed);
        let q_prime = secret.a.iter().map(|a| -(a * a));
        [
            self.sum([secret.beta, secret.r], p_g, p_prime),
            self.sum([secret.gamma, secret.w], secret.a.iter().copied(), q_prime),
        ]
    }

    fn sum(
        &self,
        head: [Scalar; 2],
        g: impl Iterator<Item = Scalar>,
        g_prime: impl Iterator<Item = Scalar>,
    ) -> RistrettoPoint {
        let all = |list: &mut dyn Iterator<Item = Scalar>| -> Vec<Scalar> {
            let zeros = std::iter::repeat(Scalar::ZERO);
            list.chain(zeros).take(self.positions).collect()
        };
        let (g, g_prime) = (all(&mut { g }), all(&mut { g_prime }));
        let scalars = head.into_iter().chain(g).chain(g_prime);
        self.tables.vartime_multiscalar_mul(scalars)
    }
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opened")
    }
}

/// The coins of one ballot; wiped when dropped.
struct Drawn {
    r: Scalar,
    beta: Scalar,
    gamma: Scalar,
    w: Scalar,
    a: Vec<Scalar>,
}

impl Drawn {
    /// Draws all coins; the last `a_j` of each contest is minus the sum of the others.
    fn new(layout: &Layout, coins: &Coins<'_>) -> Self {
        let mut a = Vec::with_capacity(layout.positions);
        for part in &layout.parts {
            a.extend((part.start..part.last()).map(|place| coins.draw("a", place)));
            let others: Scalar = a[part.start..].iter().sum();
            a.push(-others);
        }
        Self {
            r: coins.draw("r", 0),
            beta: coins.draw("beta", 0),
            gamma: coins.draw("gamma", 0),
            w: coins.draw("w", 0),
            a,
        }
    }
}

impl Drop for Drawn {
    fn drop(&mut self) {
        for scalar in [&mut self.r, &mut self.beta, &mut self.gamma, &mut self.w] {
            scalar.zeroize();
        }
        self.a.zeroize();
    }
}

/// A list of secrets with room for all: one that grows leaves copies behind that nobody wipes.
fn room(count: usize) -> Zeroizing<Vec<Scalar>> {
    Zeroizing::new(Vec::with_capacity(count))
}

/// The point if `m` is 1 and the identity if it is 0, in constant time.
fn pick(point: &RistrettoPoint, m: u8) -> RistrettoPoint {
    RistrettoPoint::conditional_select(&RistrettoPoint::identity(), point, Choice::from(m))
}

/// All `N` choices from those of the options: an undervote fills blanks from the left.
///
/// # Errors
/// [`Error::Length`], [`Error::Choice`]: the style's number of bytes, each 0 or 1, at most `L` in a contest.
pub fn fill_blanks(layout: &Layout, options: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    if options.len() != layout.encrypted() {
        return Err(Error::Length {
            found: options.len(),
            expected: layout.encrypted(),
        });
    }
    let mut choices = Zeroizing::new(Vec::with_capacity(layout.positions));
    let mut bad = 0u8;
    for part in &layout.parts {
        let own = &options[part.first..part.first + part.options];
        bad |= own.iter().fold(0, |seen, choice| seen | (choice & 0xfe));
        let sum: u32 = own.iter().map(|&choice| u32::from(choice)).sum();
        bad |= sum.ct_gt(&(part.limit as u32)).unwrap_u8();
        choices.extend_from_slice(own);
        let free = (part.limit as u32).wrapping_sub(sum);
        choices.extend((0..part.limit as u32).map(|blank| free.ct_gt(&blank).unwrap_u8()));
    }
    if bad == 0 {
        Ok(choices)
    } else {
        Err(Error::Choice)
    }
}

/// Checks that all `N` choices are bits that sum to the limit in each contest.
///
/// # Errors
/// [`Error::Length`], [`Error::Choice`].
pub fn check_choices(layout: &Layout, choices: &[u8]) -> Result<(), Error> {
    if choices.len() != layout.positions {
        return Err(Error::Length {
            found: choices.len(),
            expected: layout.positions,
        });
    }
    let mut bad = choices
        .iter()
        .fold(0, |seen, choice| seen | u32::from(choice & 0xfe));
    for part in &layout.parts {
        let sum: u32 = choices[part.start..=part.last()]
            .iter()
            .map(|&choice| u32::from(choice))
            .sum();
        bad |= sum ^ part.limit as u32;
    }
    if bad == 0 { Ok(()) } else { Err(Error::Choice) }
}

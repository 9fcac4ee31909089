//! Which engine runs: the fastest that the processor has, or one by name.

use crate::batch::{ContestSum, Decoded, Verdicts, Verifier, add_contest_sums};
use crate::engine::{Engine, Plain};
use crate::error::Error;
#[cfg(target_arch = "x86_64")]
use crate::lanes::Niels;
#[cfg(target_arch = "x86_64")]
use crate::simd::{Avx2, Ifma};
use crate::style::Election;
use curve25519_dalek::ristretto::RistrettoPoint;

/// An engine, chosen when the program runs. All give the same verdicts.
#[derive(Clone, Copy, Debug)]
pub enum Chosen {
    /// curve25519-dalek, on any processor.
    Plain(Plain),
    /// Four points at once.
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    /// Eight points at once.
    #[cfg(target_arch = "x86_64")]
    Ifma(Ifma),
}

/// Runs an expression with the engine inside.
macro_rules! with {
    ($chosen:expr, $engine:ident => $value:expr) => {
        match $chosen {
            Chosen::Plain($engine) => $value,
            #[cfg(target_arch = "x86_64")]
            Chosen::Avx2($engine) => $value,
            #[cfg(target_arch = "x86_64")]
            Chosen::Ifma($engine) => $value,
        }
    };
}

impl Chosen {
    /// All engines of this processor, the fastest first.
    pub fn available() -> Vec<Self> {
        let mut found = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            found.extend(Ifma::detect().map(Self::Ifma));
            found.extend(Avx2::detect().map(Self::Avx2));
        }
        found.push(Self::Plain(Plain));
        found
    }

    /// The engine with this name, if the processor has it; the fastest for an empty name.
    pub fn named(name: &str) -> Option<Self> {
        Self::available()
            .into_iter()
            .find(|engine| name.is_empty() || engine.name() == name)
    }

    /// `plain`, `avx2` or `ifma`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Plain(_) => "plain",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Self::Ifma(_) => "ifma",
        }
    }

    /// See [`Verifier::verify`].
    pub fn verify(
        self,
        election: &Election,
        device: &str,
        ballots: &[&[u8]],
        seed: &[u8; 32],
        hints: Option<&[&[u8]]>,
    ) -> Verdicts {
        with!(self, engine => Verifier::new(election, engine).verify(device, ballots, seed, hints))
    }

    /// See [`Verifier::verify_but`].
    pub fn verify_but(
        self,
        election: &Election,
        device: &str,
        ballots: &[&[u8]],
        seed: &[u8; 32],
        left_out: &[bool],
    ) -> Verdicts {
        with!(self, engine => {
            Verifier::new(election, engine).verify_but(device, ballots, seed, None, left_out)
        })
    }

    /// Decodes ballots that were verified before, for [`Held::add_up`].
    ///
    /// # Errors
    /// Those of [`Decoded::read`].
    pub fn hold(self, election: &Election, ballots: &[&[u8]]) -> Result<Held, Error> {
        Ok(match self {
            Self::Plain(engine) => Held::Plain(engine, Decoded::read(election, &engine, ballots)?),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(engine) => Held::Avx2(engine, Decoded::read(election, &engine, ballots)?),
            #[cfg(target_arch = "x86_64")]
            Self::Ifma(engine) => Held::Ifma(engine, Decoded::read(election, &engine, ballots)?),
        })
    }

    /// See [`add_contest_sums`].
    pub fn merge(self, election: &Election, parts: &[Vec<ContestSum>]) -> Vec<ContestSum> {
        with!(self, engine => add_contest_sums(election, &engine, parts))
    }

    /// The hint of each point, 32 bytes each; empty for an engine that uses none.
    pub fn hints(self, points: &[[u8; 32]]) -> Vec<[u8; 32]> {
        match self {
            Self::Plain(_) => Vec::new(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(engine) => engine.hints(points),
            #[cfg(target_arch = "x86_64")]
            Self::Ifma(engine) => engine.hints(points),
        }
    }

    /// How many of the encodings are canonical, decoded with this engine: the unit of every figure on speed.
    pub fn count_points(self, points: &[[u8; 32]], hints: Option<&[[u8; 32]]>) -> usize {
        let (_, good) =
            with!(self, engine => { let (_, good) = engine.decode(points, hints); ((), good) });
        good.into_iter().filter(|good| *good).count()
    }
}

/// Decoded ballots together with the engine that decoded them.
pub enum Held {
    /// Of [`Plain`].
    Plain(Plain, Decoded<RistrettoPoint>),
    /// Of [`Avx2`].
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2, Decoded<Niels>),
    /// Of [`Ifma`].
    #[cfg(target_arch = "x86_64")]
    Ifma(Ifma, Decoded<Niels>),
}

impl Held {
    /// The sum of each contest.
    pub fn add_up(&self) -> Vec<ContestSum> {
        match self {
            Self::Plain(engine, ballots) => ballots.add_up(engine),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(engine, ballots) => ballots.add_up(engine),
            #[cfg(target_arch = "x86_64")]
            Self::Ifma(engine, ballots) => ballots.add_up(engine),
        }
    }
}

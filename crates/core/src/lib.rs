//! The mathematics of the Dauys ballot.
//!
//! * [`group`]: canonical decoding of ristretto255 points and scalars; nothing else may decode.
//! * [`transcript`]: the one framed hash and what is derived from it.
//! * [`generators`]: points whose logarithms nobody knows.
//! * [`ed25519`]: the one strict rule for signatures.
//! * [`style`], [`ballot`], [`cards`], [`encrypt`], [`open`]: what a ballot is, and how it is made and opened.
//! * [`verify`], [`batch`], [`engine`], [`choose`]: how ballots are checked and summed, one or very many.
//! * [`examine`], [`bundle`], [`records`]: what a log's verifier wants to know of very many ballots, in one call.
//! * [`wide`], [`lanes`], [`buckets`], [`simd`]: the arithmetic that makes it fast; public data only.
//! * [`ceremony`], [`tally`], [`dlog`], [`sign`]: how trustees make keys and open sums.
//! * [`error`]: one enum for everything that can be refused.
//!
//! The crate knows no Python, does no input or output and draws no randomness: seeds are arguments.

pub mod ballot;
pub mod batch;
pub mod buckets;
pub mod bundle;
pub mod cards;
pub mod ceremony;
pub mod choose;
pub mod dlog;
pub mod ed25519;
pub mod encrypt;
pub mod engine;
pub mod error;
pub mod examine;
mod fold;
pub mod generators;
pub mod group;
pub mod lanes;
pub mod note_key;
pub mod open;
pub mod records;
pub mod sign;
#[cfg(target_arch = "x86_64")]
pub mod simd;
pub mod style;
pub mod tally;
pub mod transcript;
pub mod verify;
pub mod wide;

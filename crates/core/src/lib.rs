//! The mathematics of the Dauys ballot.
//!
//! * [`group`]: canonical decoding of ristretto255 points; nothing else may decode.
//! * [`error`]: one enum for everything that can be refused.
//!
//! The crate knows no Python and does no input or output.

pub mod error;
pub mod group;

//! What a trustee keeps secret.
//!
//! * [`secret`]: the sealed file and the operations that use what is in it.
//! * [`sample`]: a sum to measure with.
//! * [`envelope`]: age files for one recipient and for a passphrase.
//!
//! The mathematics is in `dauys-core`; here randomness comes from the operating system. Nothing secret is printed,
//! returned or put into an error, but for [`secret::Secret::publish_identity`], which is what a complaint is.

pub mod envelope;
pub mod sample;
pub mod secret;

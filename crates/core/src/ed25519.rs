//! The one rule by which an Ed25519 signature holds, so that every library gives the same verdict.
//!
//! Cofactorless equation, canonical `A`, `R` and `S`, small-order `A` and `R` refused, no batches.
//! **Source:** RFC 8032 §5.1.7, made strict as in Chalkias, Garillot, Nikolaenko 2020 (Taming the many EdDSAs).

use crate::error::Error;
use crate::group::exactly;
use ed25519_dalek::{Signature, VerifyingKey};

/// Checks a signature over `message` by the strict rule. Public data only.
///
/// # Errors
/// [`Error::Length`] for a key that is not 32 or a signature that is not 64 bytes, [`Error::Key`] for a key that is
/// not a canonical point of large order, [`Error::Signature`] for a signature that does not hold.
pub fn verify(key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), Error> {
    let bytes: [u8; 32] = exactly(key)?;
    let signature = Signature::from_bytes(&exactly(signature)?);
    let key = VerifyingKey::from_bytes(&bytes).map_err(|_| Error::Key)?;
    if key.is_weak() || key.to_edwards().compress().to_bytes() != bytes {
        return Err(Error::Key);
    }
    key.verify_strict(message, &signature)
        .map_err(|_| Error::Signature)
}

//! Keys that sign the text of notes: checkpoints of logs, cosignatures, sightings (`spec/log.md` §3).
//!
//! They are kept apart from [`crate::sign`], whose keys sign hashes of the protocol and nothing else: no text that a
//! note can carry is 64 bytes of hash, and no party uses one key for both.

use crate::{error::Error, group::exactly};
use core::fmt;
use ed25519_dalek::{Signer, SigningKey};
use zeroize::Zeroizing;

/// An Ed25519 key of a log, a device or a witness, erased when dropped. It is never printed.
pub struct NoteKey(SigningKey);

impl NoteKey {
    /// The key with this 32-byte seed (RFC 8032 §5.1.5).
    ///
    /// # Errors
    /// [`Error::Length`] for a seed of another length.
    pub fn from_seed(seed: &[u8]) -> Result<Self, Error> {
        let seed = Zeroizing::new(exactly::<32>(seed)?);
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// The public key, 32 bytes.
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// The signature over the text of a note, or over what a cosignature puts before it.
    pub fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.0.sign(text).to_bytes()
    }
}

impl fmt::Debug for NoteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoteKey(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ed25519::verify;

    #[test]
    fn a_signed_text_verifies_and_no_other() {
        let key = NoteKey::from_seed(&[9; 32]).expect("32 bytes");
        let signature = key.sign(b"text\n");
        assert_eq!(verify(&key.public(), b"text\n", &signature), Ok(()));
        assert_eq!(
            verify(&key.public(), b"text", &signature),
            Err(Error::Signature)
        );
        assert_eq!(format!("{key:?}"), "NoteKey(secret)");
        assert!(NoteKey::from_seed(&[9; 33]).is_err());
    }
}

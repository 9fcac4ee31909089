//! The signing side of [`crate::ed25519`].

use crate::group::exactly;
use crate::{error::Error, transcript::HASH_BYTES};
use core::fmt;
use ed25519_dalek::{Signer, SigningKey};
use zeroize::Zeroizing;

/// An Ed25519 signing key, erased when dropped. It is never printed.
pub struct Key(SigningKey);

impl Key {
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

    /// The signature over a hash `H(…)`: parties of the protocol sign nothing else.
    pub fn sign(&self, hash: &[u8; HASH_BYTES]) -> [u8; 64] {
        self.0.sign(hash).to_bytes()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ed25519::verify, transcript::hash};

    #[test]
    fn what_is_signed_verifies_and_nothing_else() {
        let key = Key::from_seed(&[7; 32]).expect("32 bytes");
        let (message, other) = (hash("test", &[b"a"]), hash("test", &[b"b"]));
        let signature = key.sign(&message);
        assert_eq!(verify(&key.public(), &message, &signature), Ok(()));
        assert_eq!(
            verify(&key.public(), &other, &signature),
            Err(Error::Signature)
        );
        assert_eq!(format!("{key:?}"), "Key(secret)");
        assert!(Key::from_seed(&[7; 31]).is_err());
    }
}

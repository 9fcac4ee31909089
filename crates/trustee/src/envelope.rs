//! age files: for one X25519 recipient (shares), for a passphrase (the secret file).
//!
//! **Source:** the age file format, version 1 (C2SP), through the `age` crate of rage.

use age::secrecy::{ExposeSecret, SecretString};
use dauys_core::error::Error;
use std::io::{Read, Write};
use std::str::FromStr;
use zeroize::Zeroizing;

/// A fresh X25519 identity, in its text form `AGE-SECRET-KEY-1…`.
pub(crate) fn new_identity() -> Zeroizing<String> {
    let text = age::x25519::Identity::generate().to_string();
    Zeroizing::new(text.expose_secret().to_owned())
}

/// The recipient `age1…` of an identity.
///
/// # Errors
/// [`Error::Cipher`] if the text is not an X25519 identity in its one form.
pub fn recipient_of(identity: &str) -> Result<String, Error> {
    Ok(parse_identity(identity)?.to_public().to_string())
}

/// Accepts iff the text is an X25519 recipient in its one (lower case) form.
///
/// # Errors
/// [`Error::Cipher`].
pub fn check_recipient(recipient: &str) -> Result<(), Error> {
    let parsed = parse_recipient(recipient)?;
    if parsed.to_string() == recipient {
        Ok(())
    } else {
        Err(Error::Cipher)
    }
}

/// Encrypts to one recipient, binary format.
///
/// # Errors
/// [`Error::Cipher`] if the recipient is none.
pub fn encrypt(recipient: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
    age::encrypt(&parse_recipient(recipient)?, plain).map_err(|_| Error::Cipher)
}

/// Decrypts with an identity. The plaintext is erased when dropped.
///
/// # Errors
/// [`Error::Cipher`] for any fault of the identity or the file.
pub fn decrypt(identity: &str, cipher: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let identity = parse_identity(identity)?;
    read_all(&identity, cipher).map_err(|()| Error::Cipher)
}

/// Encrypts to a passphrase; `work` is the base-2 logarithm of the cost of scrypt, `None` for about one second here.
///
/// # Errors
/// [`Error::Passphrase`] for an empty passphrase.
pub fn seal(passphrase: &str, work: Option<u8>, plain: &[u8]) -> Result<Vec<u8>, Error> {
    if passphrase.is_empty() {
        return Err(Error::Passphrase);
    }
    let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase.to_owned()));
    if let Some(log) = work {
        recipient.set_work_factor(log.clamp(1, 22));
    }
    age::encrypt(&recipient, plain).map_err(|_| Error::Passphrase)
}

/// Decrypts with a passphrase.
///
/// # Errors
/// [`Error::Passphrase`] for a wrong passphrase or a damaged file: nothing tells which.
pub fn unseal(passphrase: &str, cipher: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut identity = age::scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
    // A stick may have been sealed on a faster machine, and a forged one must not take all memory.
    identity.set_max_work_factor(22);
    read_all(&identity, cipher).map_err(|()| Error::Passphrase)
}

/// The length of a file for one recipient is checked by what follows its header: nonce, chunks of 64 KiB, tags.
///
/// # Errors
/// [`Error::Length`] if the payload cannot hold `plain` bytes, [`Error::Cipher`] if there is no age header.
pub fn check_length(cipher: &[u8], plain: usize) -> Result<(), Error> {
    const FIRST: &[u8] = b"age-encryption.org/v1\n-> X25519 ";
    if !cipher.starts_with(FIRST) {
        return Err(Error::Cipher);
    }
    let mac = find(cipher, b"\n--- ").ok_or(Error::Cipher)? + 5;
    let end = find(&cipher[mac..], b"\n").ok_or(Error::Cipher)? + mac + 1;
    let expected = 16 + plain + 16 * plain.div_ceil(1 << 16).max(1);
    let found = cipher.len() - end;
    if found == expected {
        Ok(())
    } else {
        Err(Error::Length { found, expected })
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|part| part == what)
}

fn parse_identity(text: &str) -> Result<age::x25519::Identity, Error> {
    age::x25519::Identity::from_str(text).map_err(|_| Error::Cipher)
}

fn parse_recipient(text: &str) -> Result<age::x25519::Recipient, Error> {
    age::x25519::Recipient::from_str(text).map_err(|_| Error::Cipher)
}

fn read_all(identity: &impl age::Identity, cipher: &[u8]) -> Result<Zeroizing<Vec<u8>>, ()> {
    let decryptor = age::Decryptor::new_buffered(cipher).map_err(drop)?;
    let mut reader = decryptor
        .decrypt(core::iter::once(identity as &dyn age::Identity))
        .map_err(drop)?;
    // The plaintext is never longer than the file: a vector that grows would leave copies behind.
    let mut plain = Zeroizing::new(Vec::with_capacity(cipher.len()));
    let mut chunk = Zeroizing::new([0u8; 4096]);
    loop {
        let count = reader.read(chunk.as_mut_slice()).map_err(drop)?;
        if count == 0 {
            return Ok(plain);
        }
        plain.write_all(&chunk[..count]).map_err(drop)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encrypted_comes_back() {
        let identity = new_identity();
        let recipient = recipient_of(&identity).expect("an identity");
        let cipher = encrypt(&recipient, &[5; 100]).expect("a recipient");
        assert_eq!(
            decrypt(&identity, &cipher).expect("opens").as_slice(),
            [5; 100]
        );
        assert_eq!(decrypt(&new_identity(), &cipher), Err(Error::Cipher));
        assert_eq!(check_length(&cipher, 100), Ok(()));
        assert!(check_length(&cipher, 99).is_err());
        assert!(check_length(&cipher[1..], 100).is_err());
        assert_eq!(check_recipient(&recipient), Ok(()));
        assert!(check_recipient(&recipient.to_uppercase()).is_err());
        assert!(check_recipient("age1").is_err());
    }

    #[test]
    fn a_passphrase_opens_what_it_sealed() {
        let sealed = seal("five words", Some(2), b"secret").expect("seals");
        assert_eq!(
            unseal("five words", &sealed).expect("opens").as_slice(),
            b"secret"
        );
        assert_eq!(unseal("five word", &sealed), Err(Error::Passphrase));
        assert_eq!(unseal("five words", &sealed[..40]), Err(Error::Passphrase));
        assert_eq!(seal("", Some(2), b"secret"), Err(Error::Passphrase));
    }
}

//! Whose records are believed.

use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use crate::error::Result;

/// A signature as it stands beside what is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// As `gpg` writes it, or the bytes of `openssl` in hexadecimal.
    pub text: String,
    /// Whether it is `gpg`'s.
    pub openpgp: bool,
}

/// Signs what is given, and says whose signatures are believed.
pub trait Trust: Send + Sync + Debug {
    /// Whether there is a key of the user's own.
    fn signs(&self) -> bool;

    /// Signs a text with the user's own key; `None` where there is none.
    ///
    /// # Errors
    /// Where the program that signs isn't here, or refuses.
    fn sign(&self, text: &str) -> Result<Option<Signature>>;

    /// Whether a signature, where there is one, is by the user's own key.
    ///
    /// # Errors
    /// Where the program that checks isn't here.
    fn is_own(&self, text: &str, signature: &Signature) -> Result<bool>;

    /// Whether a text with this signature, or without one, is believed.
    ///
    /// # Errors
    /// Where the program that checks isn't here.
    fn is_believed(&self, text: &str, signature: Option<&Signature>) -> Result<bool>;
}

/// Signs nothing and believes everyone who can write into the bucket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Everyone;

impl Trust for Everyone {
    fn signs(&self) -> bool {
        false
    }

    fn sign(&self, _: &str) -> Result<Option<Signature>> {
        Ok(None)
    }

    fn is_own(&self, _: &str, _: &Signature) -> Result<bool> {
        Ok(false)
    }

    fn is_believed(&self, _: &str, _: Option<&Signature>) -> Result<bool> {
        Ok(true)
    }
}

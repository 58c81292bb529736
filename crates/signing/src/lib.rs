//! Signatures by programs that the user has, `gpg` and `openssl`, with keys that these hold: no key ever comes into
//! this program.

mod check;
mod error;
mod key;
mod run;

pub use check::checked;
pub use error::{Result, SigningError};
pub use key::Key;

//! Trust in keys: what is given is signed with the user's own, and others' records are believed where a key signed them
//! that the user names.

use std::fs;
use std::path::Path;

use vintner_signing::{Key, checked};

use crate::error::{RemoteError, Result};
use crate::trust::{Signature, Trust};

/// The user's own key, and those of others whose records are believed.
#[derive(Debug, Default)]
pub struct Keys {
    own: Option<Own>,
    /// The public halves of keys; everyone is believed where there are none.
    trusted: Vec<String>,
}

#[derive(Debug)]
struct Own {
    name: String,
    public: String,
}

impl Keys {
    /// A key of the user's to sign with (one of the keyring of `gpg`, or the file of a private key for `openssl`), and the
    /// keys that are believed: public keys in files, or keys of the keyring. Where any is named, what nobody signed
    /// isn't believed; one's own key is believed too.
    ///
    /// # Errors
    /// Where a key can't be had.
    pub fn new(own: Option<&str>, trusted: &[String]) -> Result<Self> {
        let public = |name: &String| -> Result<String> {
            let path = Path::new(name);
            if !path.is_file() {
                return Ok(Key::Keyring(name).public()?);
            }
            let text = fs::read_to_string(path).map_err(RemoteError::io(path, "reading a key"))?;
            if text.contains("PRIVATE KEY") {
                return Err(RemoteError::Address {
                    address: name.clone(),
                    message:
                        "it is a private key, and `trust` names public ones: `openssl pkey -in KEY -pubout` \
                              writes the public half"
                            .into(),
                });
            }
            Ok(text)
        };
        let trusted = trusted.iter().map(public).collect::<Result<Vec<_>>>()?;
        let own = match own {
            Some(name) => Some(Own { name: name.to_owned(), public: Key::of(name).public()? }),
            None => None,
        };
        Ok(Self { own, trusted })
    }
}

impl Trust for Keys {
    fn signs(&self) -> bool {
        self.own.is_some()
    }

    fn sign(&self, text: &str) -> Result<Option<Signature>> {
        let Some(own) = &self.own else { return Ok(None) };
        let folder =
            tempfile::tempdir().map_err(RemoteError::io(Path::new("."), "making a temporary folder"))?;
        let (file, signed) = (folder.path().join("text"), folder.path().join("signature"));
        fs::write(&file, text).map_err(RemoteError::io(&file, "writing"))?;
        let key = Key::of(&own.name);
        key.sign(&file, &signed)?;
        let bytes = fs::read(&signed).map_err(RemoteError::io(&signed, "reading"))?;
        let openpgp = matches!(key, Key::Keyring(_));
        let text = match openpgp {
            true => String::from_utf8_lossy(&bytes).into_owned(),
            false => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        };
        Ok(Some(Signature { text, openpgp }))
    }

    fn is_own(&self, text: &str, signature: &Signature) -> Result<bool> {
        match &self.own {
            Some(own) => is_by(text, signature, &[&own.public]),
            None => Ok(false),
        }
    }

    fn is_believed(&self, text: &str, signature: Option<&Signature>) -> Result<bool> {
        if self.trusted.is_empty() {
            return Ok(true);
        }
        let Some(signature) = signature else { return Ok(false) };
        let own = self.own.iter().map(|own| &own.public);
        is_by(text, signature, &self.trusted.iter().chain(own).collect::<Vec<_>>())
    }
}

/// Whether a text is signed by one of several keys.
fn is_by(text: &str, signature: &Signature, keys: &[&String]) -> Result<bool> {
    let folder = tempfile::tempdir().map_err(RemoteError::io(Path::new("."), "making a temporary folder"))?;
    let (file, signed) = (folder.path().join("text"), folder.path().join("signature"));
    fs::write(&file, text).map_err(RemoteError::io(&file, "writing"))?;
    let bytes = match signature.openpgp {
        true => Some(signature.text.clone().into_bytes()),
        false => from_hexadecimal(&signature.text),
    };
    let Some(bytes) = bytes else { return Ok(false) };
    fs::write(&signed, bytes).map_err(RemoteError::io(&signed, "writing"))?;
    let same_kind = keys.iter().filter(|key| key.contains("BEGIN PGP") == signature.openpgp);
    for key in same_kind {
        if checked(&file, &signed, key)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let pairs = digits?;
    let byte = |pair: &[u32]| match pair {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    };
    pairs.chunks(2).map(byte).collect()
}

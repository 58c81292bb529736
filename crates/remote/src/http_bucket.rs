//! A bucket behind a web server, which is only read.

use crate::bucket::{Bucket, Get, Listed, Put, Trouble};
use crate::curl::{Transfer, What, transfer};

/// Files behind a web server.
#[derive(Clone)]
pub struct HttpBucket {
    /// Without a `/` at its end.
    address: String,
}

impl std::fmt::Debug for HttpBucket {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.place())
    }
}

const READ_ONLY: &str =
    "a web server is only read; push to the folder or the bucket behind it, by a path or s3://BUCKET/PREFIX";

impl HttpBucket {
    /// What is below an address.
    pub fn new(address: &str) -> Self {
        Self { address: address.trim_end_matches('/').to_owned() }
    }
}

impl Bucket for HttpBucket {
    fn place(&self) -> String {
        without_secrets(&self.address)
    }

    fn is_listed(&self) -> bool {
        false
    }

    fn is_read_only(&self) -> Option<&'static str> {
        Some(READ_ONLY)
    }

    fn list(&self, _: &[String]) -> Result<Vec<Listed>, Trouble> {
        Err(Trouble::Lasting("a web server lists nothing".into()))
    }

    fn get(&self, wanted: &[Get]) -> Vec<Result<(), Trouble>> {
        let prepared = |get: &Get| {
            Ok(Transfer {
                url: format!("{}/{}", self.address, get.name),
                headers: Vec::new(),
                what: What::Get { into: get.into.clone(), from: begun(get), most: get.most },
            })
        };
        transfer(wanted, |get| get.most, prepared, true)
    }

    fn put(&self, files: &[Put]) -> Vec<Result<(), Trouble>> {
        files.iter().map(|_| Err(Trouble::Lasting(READ_ONLY.into()))).collect()
    }

    fn remove(&self, names: &[String]) -> Vec<Result<(), Trouble>> {
        names.iter().map(|_| Err(Trouble::Lasting(READ_ONLY.into()))).collect()
    }
}

/// How much of what is wanted is there already.
pub(crate) fn begun(get: &Get) -> u64 {
    if get.goes_on { get.into.metadata().map_or(0, |found| found.len()) } else { 0 }
}

/// An address as it is shown: who signs in, and with what, stays out, and so does what stands behind a `?`.
pub(crate) fn without_secrets(address: &str) -> String {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    match address.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_once('/').map_or((rest, None), |(host, path)| (host, Some(path)));
            let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
            let path = path.map(|path| format!("/{path}")).unwrap_or_default();
            format!("{scheme}://{host}{path}")
        }
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_in_an_address_is_not_shown() {
        for (address, shown) in [
            ("https://user:password@host/a/b", "https://host/a/b"),
            ("https://host/a?token=secret", "https://host/a"),
            ("http://host:8080", "http://host:8080"),
            ("/a/folder", "/a/folder"),
        ] {
            assert_eq!(without_secrets(address), shown);
        }
        assert!(!format!("{:?}", HttpBucket::new("https://me:mine@host")).contains("mine"));
    }
}

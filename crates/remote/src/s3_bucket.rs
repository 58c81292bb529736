//! A bucket of S3, or of what speaks like it.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use crate::bucket::{Bucket, Get, Listed, Put, Trouble};
use crate::curl::{Transfer, What};
use crate::error::{RemoteError, Result};
use crate::s3_listing::{Page, page};
use crate::s3_signature::{Credentials, Request, escaped, headers, hexadecimal, query as in_url};
use crate::service::{self, Service};

/// The SHA-256 checksum of nothing.
const OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What is below a prefix in a bucket of S3.
#[derive(Debug, Clone)]
pub struct S3Bucket {
    bucket: String,
    /// With a `/` at its end, or empty.
    prefix: String,
    scheme: String,
    host: String,
    /// What stands before names in paths: the bucket, where the host doesn't name it.
    root: String,
    region: String,
    credentials: Option<Credentials>,
}

impl S3Bucket {
    /// What is below `bucket/prefix`. Where it is and who asks is in the environment: `AWS_ENDPOINT_URL_S3` or
    /// `AWS_ENDPOINT_URL`, `AWS_REGION` or `AWS_DEFAULT_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and
    /// `AWS_SESSION_TOKEN`. Without credentials it is asked without a signature, as for what everyone may read.
    ///
    /// # Errors
    /// Where the address or a variable isn't what it has to be.
    pub fn of_environment(address: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let refused = |address: &str, message: &str| RemoteError::Address {
            address: crate::http_bucket::without_secrets(address),
            message: message.to_owned(),
        };
        let (bucket, prefix) = address.split_once('/').unwrap_or((address, ""));
        let is_named = bucket.len() >= 3
            && bucket
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte));
        if !is_named {
            let message = "no name of a bucket, which has three letters or more, digits, dots and hyphens; write \
                           s3://BUCKET/PREFIX";
            return Err(refused(&format!("s3://{address}"), message));
        }
        let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
        let region = region.unwrap_or_else(|| "us-east-1".to_owned());
        let endpoint = variable("AWS_ENDPOINT_URL_S3").or_else(|| variable("AWS_ENDPOINT_URL"));
        let (scheme, host, root) = match endpoint {
            Some(endpoint) => {
                let parts = endpoint.trim_end_matches('/').split_once("://");
                let parts =
                    parts.filter(|(scheme, host)| ["http", "https"].contains(scheme) && !host.contains('/'));
                let Some((scheme, host)) = parts else {
                    let message = "AWS_ENDPOINT_URL has to be http:// or https:// and a host, without a path";
                    return Err(refused(&endpoint, message));
                };
                (scheme.to_owned(), host.to_owned(), format!("/{bucket}"))
            }
            // A certificate covers no name with further dots.
            None if bucket.contains('.') => {
                ("https".into(), format!("s3.{region}.amazonaws.com"), format!("/{bucket}"))
            }
            None => ("https".into(), format!("{bucket}.s3.{region}.amazonaws.com"), String::new()),
        };
        let credentials = match (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
            (Some(key), Some(secret)) => {
                Some(Credentials { key, secret, token: variable("AWS_SESSION_TOKEN") })
            }
            (None, None) => None,
            _ => {
                let message = "of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY one is set without the other";
                return Err(refused(&format!("s3://{address}"), message));
            }
        };
        let prefix = prefix.trim_matches('/');
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Ok(Self { bucket: bucket.to_owned(), prefix, scheme, host, root, region, credentials })
    }
}

impl Service for S3Bucket {
    const KIND: &'static str = "bucket";
    const LARGEST_PUT: u64 = 5 << 30;
    /// A page is of a thousand names at most, each of a thousand bytes.
    const LARGEST_PAGE: u64 = 8 << 20;

    fn bucket(&self) -> &str {
        &self.bucket
    }

    fn prefix(&self) -> &str {
        &self.prefix
    }

    fn request(
        &self,
        name: &str,
        query: &[(&str, &str)],
        what: What,
    ) -> std::result::Result<Transfer, Trouble> {
        let sha256 = match &what {
            What::Put { from } => sha256(from).map_err(|error| Trouble::Lasting(error.to_string()))?,
            _ => OF_NOTHING.to_owned(),
        };
        let path = format!("{}/{}", self.root, escaped(name, true));
        let time = utc_now()?.format("%Y%m%dT%H%M%SZ").to_string();
        let (method, host, region) = (what.method(), self.host.as_str(), self.region.as_str());
        let request = Request { method, host, path: &path, query, sha256: &sha256, region, time: &time };
        let headers = self.credentials.as_ref().map(|credentials| headers(&request, credentials, &[]));
        let asked = if query.is_empty() { String::new() } else { format!("?{}", in_url(query)) };
        let url = format!("{}://{host}{path}{asked}", self.scheme);
        Ok(Transfer { url, headers: headers.unwrap_or_default(), what })
    }

    fn listing<'q>(beginning: &'q str, next: Option<&'q str>) -> Vec<(&'static str, &'q str)> {
        let mut query = vec![("list-type", "2"), ("prefix", beginning)];
        query.extend(next.map(|next| ("continuation-token", next)));
        query
    }

    fn page(answer: &[u8]) -> std::result::Result<Page, Trouble> {
        page(answer)
    }
}

pub(crate) fn utc_now() -> std::result::Result<chrono::DateTime<chrono::Utc>, Trouble> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok();
    let seconds = since.and_then(|since| i64::try_from(since.as_secs()).ok());
    let time = seconds.and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0));
    time.ok_or_else(|| Trouble::Lasting("this machine's clock is wrong".into()))
}

impl Bucket for S3Bucket {
    fn place(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.prefix.trim_end_matches('/'))
    }

    fn list(&self, beginnings: &[String]) -> std::result::Result<Vec<Listed>, Trouble> {
        service::list(self, beginnings)
    }

    fn get(&self, wanted: &[Get]) -> Vec<std::result::Result<(), Trouble>> {
        service::get(self, wanted)
    }

    fn put(&self, files: &[Put]) -> Vec<std::result::Result<(), Trouble>> {
        service::put(self, files)
    }

    fn remove(&self, names: &[String]) -> Vec<std::result::Result<(), Trouble>> {
        service::remove(self, names)
    }
}

/// The checksum that is signed, so that what arrives otherwise is refused there.
fn sha256(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        let count = file.read(&mut piece)?;
        if count == 0 {
            return Ok(hexadecimal(&hasher.finalize()[..]));
        }
        hasher.update(piece.get(..count).unwrap_or_default());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of(address: &str, variables: &[(&str, &str)]) -> Result<S3Bucket> {
        S3Bucket::of_environment(address, |name| {
            variables.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn where_a_bucket_is() {
        let url = |bucket: &S3Bucket| bucket.request("p/x", &[], What::Delete).unwrap().url;
        let plain = of("results/paper/", &[("AWS_REGION", "eu-west-1")]).unwrap();
        assert_eq!(url(&plain), "https://results.s3.eu-west-1.amazonaws.com/p/x");
        assert_eq!((plain.place().as_str(), plain.prefix.as_str()), ("s3://results/paper", "paper/"));
        assert_eq!(url(&of("a.b.c", &[]).unwrap()), "https://s3.us-east-1.amazonaws.com/a.b.c/p/x");
        let own = of("results", &[("AWS_ENDPOINT_URL", "http://127.0.0.1:9000/")]).unwrap();
        assert_eq!(url(&own), "http://127.0.0.1:9000/results/p/x");
    }

    #[test]
    fn what_is_wrong_is_said_without_secrets() {
        for (address, variables, said) in [
            ("", &[][..], "no name of a bucket"),
            ("Upper/x", &[], "no name of a bucket"),
            ("results", &[("AWS_ENDPOINT_URL", "ftp://x")], "has to be http"),
            ("results", &[("AWS_ENDPOINT_URL", "https://x/path")], "without a path"),
            ("results", &[("AWS_SECRET_ACCESS_KEY", "s3cret")], "one is set without the other"),
        ] {
            let error = of(address, variables).unwrap_err().to_string();
            assert!(error.contains(said) && !error.contains("s3cret"), "{error}");
        }
        let keys = [("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "s3cret")];
        let signed = of("results", &keys).unwrap();
        assert!(!format!("{signed:?}").contains("s3cret"));
        let transfer = signed.request("x", &[], What::Delete).unwrap();
        assert!(!transfer.headers.iter().any(|header| header.contains("s3cret")));
    }
}

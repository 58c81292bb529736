//! A container of Azure's Blob storage.

use percent_encoding::percent_decode_str;

use crate::azure_signature::{AzureCredentials, AzureRequest, authorization, from_base64};
use crate::bucket::{Bucket, Get, Listed, Put, Trouble};
use crate::curl::{Transfer, What, transfer};
use crate::error::{RemoteError, Result};
use crate::http_bucket::without_secrets;
use crate::s3_bucket::utc_now;
use crate::s3_listing::{AZURE, Page, page_of};
use crate::s3_signature::{escaped, query as in_url};
use crate::service::{self, Service};

/// The version of the protocol, which each request names.
const VERSION: &str = "2020-10-02";

/// What is below a prefix in a container of Azure's Blob storage.
#[derive(Debug, Clone)]
pub struct AzureBucket {
    account: String,
    container: String,
    /// With a `/` at its end, or empty.
    prefix: String,
    /// As in `https://lab.blob.core.windows.net`.
    endpoint: String,
    /// What stands before the container in paths: the account, where the host doesn't name it.
    root: String,
    credentials: Option<AzureCredentials>,
}

impl AzureBucket {
    /// What is below `container/prefix`. Whose it is and who asks is in the environment, under the names that Azure's own
    /// program has: `AZURE_STORAGE_ACCOUNT`, `AZURE_STORAGE_KEY` or `AZURE_STORAGE_SAS_TOKEN`, and
    /// `AZURE_STORAGE_SERVICE_ENDPOINT` for another address than Azure's.
    ///
    /// # Errors
    /// Where the address or a variable isn't what it has to be.
    pub fn of_environment(address: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let refused = |message: &str| RemoteError::Address {
            address: without_secrets(&format!("az://{address}")),
            message: message.to_owned(),
        };
        let (container, prefix) = address.split_once('/').unwrap_or((address, ""));
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !(3..=63).contains(&container.len()) || !container.bytes().all(fits) {
            return Err(refused(
                "no name of a container, which has three letters or more, digits and hyphens; write az://CONTAINER/PREFIX, \
                 and the account's name in AZURE_STORAGE_ACCOUNT",
            ));
        }
        let Some(account) = variable("AZURE_STORAGE_ACCOUNT") else {
            return Err(refused("whose container it is isn't known: set AZURE_STORAGE_ACCOUNT"));
        };
        if !account.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
            return Err(refused(
                "AZURE_STORAGE_ACCOUNT is no name of an account, which has small letters and digits",
            ));
        }
        let own = format!("https://{account}.blob.core.windows.net");
        let endpoint = variable("AZURE_STORAGE_SERVICE_ENDPOINT").unwrap_or(own);
        let (endpoint, root) = match endpoint.trim_end_matches('/').split_once("://") {
            Some((scheme @ ("http" | "https"), rest)) if !rest.contains(['?', '#', '@', ' ']) => {
                let (host, path) = rest
                    .split_once('/')
                    .map_or((rest, String::new()), |(host, path)| (host, format!("/{path}")));
                (format!("{scheme}://{host}"), path)
            }
            _ => {
                return Err(refused(
                    "AZURE_STORAGE_SERVICE_ENDPOINT has to be http:// or https:// and a host",
                ));
            }
        };
        let credentials = match (variable("AZURE_STORAGE_KEY"), variable("AZURE_STORAGE_SAS_TOKEN")) {
            (Some(key), None) => {
                let message = "AZURE_STORAGE_KEY is no key of an account, which is written in base 64";
                Some(AzureCredentials::Key(from_base64(&key).ok_or_else(|| refused(message))?))
            }
            (None, Some(token)) => Some(AzureCredentials::Signature(parts(&token))),
            (None, None) => None,
            _ => {
                return Err(refused(
                    "AZURE_STORAGE_KEY and AZURE_STORAGE_SAS_TOKEN are both set; unset one of them",
                ));
            }
        };
        let prefix = prefix.trim_matches('/');
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Ok(Self { account, container: container.to_owned(), prefix, endpoint, root, credentials })
    }

    /// Makes the container, which there is none of yet.
    ///
    /// # Errors
    /// Where that is refused.
    pub fn make_container(&self) -> std::result::Result<(), Trouble> {
        let nothing = tempfile::NamedTempFile::new().map_err(|error| Trouble::Lasting(error.to_string()))?;
        let prepared = |path: &&std::path::Path| {
            self.request("", &[("restype", "container")], What::Put { from: path.to_path_buf() })
        };
        transfer(&[nothing.path()], |_| 0, prepared, false).pop().unwrap_or(Ok(()))
    }
}

impl Service for AzureBucket {
    const KIND: &'static str = "container";
    const LARGEST_PUT: u64 = 5_000 << 20;
    /// A page is of five thousand names at most.
    const LARGEST_PAGE: u64 = 64 << 20;

    fn bucket(&self) -> &str {
        &self.container
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
        let name = if name.is_empty() { String::new() } else { format!("/{}", escaped(name, true)) };
        let path = format!("{}/{}{name}", self.root, self.container);
        let date = utc_now()?.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let mut headers = vec![("x-ms-date", date.as_str()), ("x-ms-version", VERSION)];
        let (mut length, mut range) = (0, None);
        match &what {
            What::Get { from, .. } if *from > 0 => range = Some(format!("bytes={from}-")),
            What::Put { from } => {
                headers.push(("x-ms-blob-type", "BlockBlob"));
                length = from.metadata().map_or(0, |found| found.len());
            }
            _ => {}
        }
        let mut lines: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let mut asked = query.to_vec();
        match &self.credentials {
            Some(AzureCredentials::Key(key)) => {
                let (method, account) = (what.method(), self.account.as_str());
                let request =
                    AzureRequest { method, account, path: &path, query, length, range, headers: &headers };
                lines.push(authorization(&request, key));
            }
            Some(AzureCredentials::Signature(parts)) => {
                asked.extend(parts.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            }
            None => {}
        }
        let asked = if asked.is_empty() { String::new() } else { format!("?{}", in_url(&asked)) };
        Ok(Transfer { url: format!("{}{path}{asked}", self.endpoint), headers: lines, what })
    }

    fn listing<'q>(beginning: &'q str, next: Option<&'q str>) -> Vec<(&'static str, &'q str)> {
        let mut query = vec![("restype", "container"), ("comp", "list"), ("prefix", beginning)];
        query.extend(next.map(|next| ("marker", next)));
        query
    }

    fn page(answer: &[u8]) -> std::result::Result<Page, Trouble> {
        page_of(&AZURE, answer)
    }
}

/// The names and values of a shared access signature, decoded.
fn parts(token: &str) -> Vec<(String, String)> {
    let pairs = token.trim().trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

/// A text without `%XX`.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl Bucket for AzureBucket {
    fn place(&self) -> String {
        format!("az://{}/{} of {}", self.container, self.prefix.trim_end_matches('/'), self.account)
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn of(address: &str, variables: &[(&str, &str)]) -> Result<AzureBucket> {
        AzureBucket::of_environment(address, |name| {
            variables.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn where_a_container_is() {
        let url = |bucket: &AzureBucket| bucket.request("p/x y", &[], What::Delete).unwrap().url;
        let account = ("AZURE_STORAGE_ACCOUNT", "lab");
        let plain = of("results/paper/", &[account]).unwrap();
        assert_eq!(url(&plain), "https://lab.blob.core.windows.net/results/p/x%20y");
        assert_eq!(plain.place(), "az://results/paper of lab");
        let local = ("AZURE_STORAGE_SERVICE_ENDPOINT", "http://127.0.0.1:10000/lab/");
        assert_eq!(
            url(&of("results", &[account, local]).unwrap()),
            "http://127.0.0.1:10000/lab/results/p/x%20y"
        );
        let signed = of("results", &[account, ("AZURE_STORAGE_SAS_TOKEN", "?sv=2020&sig=a%2Bb%3D")]).unwrap();
        assert!(url(&signed).ends_with("/x%20y?sig=a%2Bb%3D&sv=2020"), "{}", url(&signed));
    }

    #[test]
    fn what_is_wrong_is_said_without_secrets() {
        let account = ("AZURE_STORAGE_ACCOUNT", "lab");
        for (address, variables, said) in [
            ("", &[account][..], "no name of a container"),
            ("Upper/x", &[account], "no name of a container"),
            ("results", &[], "set AZURE_STORAGE_ACCOUNT"),
            ("results", &[("AZURE_STORAGE_ACCOUNT", "my lab")], "no name of an account"),
            ("results", &[account, ("AZURE_STORAGE_KEY", "s3cret!")], "written in base 64"),
            ("results", &[account, ("AZURE_STORAGE_SERVICE_ENDPOINT", "ftp://x")], "has to be http"),
            (
                "results",
                &[account, ("AZURE_STORAGE_KEY", "czNjcmV0"), ("AZURE_STORAGE_SAS_TOKEN", "sig=s3cret")],
                "both set",
            ),
        ] {
            let error = of(address, variables).unwrap_err().to_string();
            assert!(error.contains(said) && !error.contains("s3cret") && !error.contains("czNj"), "{error}");
        }
        let signed = of("results", &[account, ("AZURE_STORAGE_SAS_TOKEN", "sig=s3cret")]).unwrap();
        assert!(!format!("{signed:?} {}", signed.place()).contains("s3cret"));
    }
}

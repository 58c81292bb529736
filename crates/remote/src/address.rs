//! The bucket at an address.

use std::path::Path;

use crate::azure_bucket::AzureBucket;
use crate::bucket::Bucket;
use crate::error::{RemoteError, Result};
use crate::folder_bucket::FolderBucket;
use crate::http_bucket::{HttpBucket, without_secrets};
use crate::s3_bucket::S3Bucket;

/// The bucket at an address: `s3://BUCKET/PREFIX`, `az://CONTAINER/PREFIX`, `http://…` or `https://…`, which are only read, or else a folder, from
/// `from` where its path is relative.
///
/// # Errors
/// Where the address isn't one of these.
pub fn bucket_at(address: &str, from: &Path) -> Result<Box<dyn Bucket>> {
    if address.trim().is_empty() || address.chars().any(char::is_control) {
        let message = "no address; name a folder, s3://BUCKET/PREFIX or https://…".to_owned();
        return Err(RemoteError::Address { address: address.escape_debug().to_string(), message });
    }
    let Some((scheme, rest)) = address.split_once("://") else {
        return Ok(Box::new(FolderBucket::new(&from.join(address))));
    };
    match scheme {
        "s3" => Ok(Box::new(S3Bucket::of_environment(rest, |name| std::env::var(name).ok())?)),
        "az" => Ok(Box::new(AzureBucket::of_environment(rest, |name| std::env::var(name).ok())?)),
        "http" | "https" if !address.contains([' ', '?', '#']) => Ok(Box::new(HttpBucket::new(address))),
        "file" => Ok(Box::new(FolderBucket::new(Path::new(rest)))),
        _ => {
            let message = match scheme {
                "http" | "https" => "an address has no spaces, `?` or `#`",
                "gs" => {
                    "write s3://BUCKET/PREFIX and set AWS_ENDPOINT_URL=https://storage.googleapis.com with keys \
                     of the bucket for S3 (HMAC keys)"
                }
                "azure" | "abfs" | "abfss" | "wasb" | "wasbs" => {
                    "write az://CONTAINER/PREFIX, and the account's name in AZURE_STORAGE_ACCOUNT"
                }
                _ => {
                    "a shared store is a folder, s3://BUCKET/PREFIX, az://CONTAINER/PREFIX, or https://…, which is only read"
                }
            };
            Err(RemoteError::Address { address: without_secrets(address), message: message.to_owned() })
        }
    }
}

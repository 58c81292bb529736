//! The signature of a request to Azure's Blob storage: Shared Key, as "Authorize with Shared Key" of the reference of its
//! REST API has it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::s3_signature::hmac;

/// Who asks. What is secret isn't shown.
#[derive(Clone)]
pub(crate) enum AzureCredentials {
    /// The key of the account, decoded.
    Key(Vec<u8>),
    /// A shared access signature, which is a part of the address.
    Signature(Vec<(String, String)>),
}

impl std::fmt::Debug for AzureCredentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("credentials of the environment")
    }
}

/// A request to be signed.
#[derive(Debug, Clone)]
pub(crate) struct AzureRequest<'a> {
    pub(crate) method: &'a str,
    pub(crate) account: &'a str,
    /// As it stands in the URL.
    pub(crate) path: &'a str,
    /// Names and values, not yet encoded.
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// How many bytes are sent.
    pub(crate) length: u64,
    /// As in `bytes=100-`.
    pub(crate) range: Option<String>,
    /// Names in small letters, and values.
    pub(crate) headers: &'a [(&'a str, &'a str)],
}

/// What is signed of a request.
fn to_sign(request: &AzureRequest<'_>) -> String {
    let length = if request.length == 0 { String::new() } else { request.length.to_string() };
    let range = request.range.as_deref().unwrap_or_default();
    let mut headers = request.headers.to_vec();
    headers.sort_unstable();
    let headers: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let mut query = request.query.to_vec();
    query.sort_unstable();
    let query: String = query.iter().map(|(name, value)| format!("\n{name}:{value}")).collect();
    // Encoding, language, length, checksum, type, date, four conditions, range.
    let lines = [request.method, "", "", &length, "", "", "", "", "", "", "", range].join("\n");
    format!("{lines}\n{headers}/{}{}{query}", request.account, request.path)
}

/// The header that says who asks.
pub(crate) fn authorization(request: &AzureRequest<'_>, key: &[u8]) -> String {
    let signature = STANDARD.encode(hmac(key, to_sign(request).as_bytes()));
    format!("Authorization: SharedKey {}:{signature}", request.account)
}

/// The bytes of a text in base 64 (RFC 4648), with padding; nothing where it is none.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.trim()).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn base_64_as_in_the_rfc() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(STANDARD.encode(bytes), text);
            assert_eq!(from_base64(text).unwrap(), bytes.as_bytes());
        }
        for wrong in ["Zg", "Z===", "Z!==", "Zm9vY"] {
            assert_eq!(from_base64(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_signed_is_in_the_order_of_the_reference() {
        let request = AzureRequest {
            method: "GET",
            account: "lab",
            path: "/results",
            query: &[("restype", "container"), ("comp", "list"), ("prefix", "a b/")],
            length: 0,
            range: Some("bytes=7-".into()),
            headers: &[("x-ms-version", "2020-10-02"), ("x-ms-date", "Mon, 30 Nov 2026 20:00:00 GMT")],
        };
        assert_eq!(
            to_sign(&request),
            "GET\n\n\n\n\n\n\n\n\n\n\nbytes=7-\nx-ms-date:Mon, 30 Nov 2026 20:00:00 GMT\nx-ms-version:2020-10-02\n\
             /lab/results\ncomp:list\nprefix:a b/\nrestype:container"
        );
        let put = AzureRequest { method: "PUT", length: 12, range: None, ..request };
        assert!(to_sign(&put).starts_with("PUT\n\n\n12\n\n\n\n\n\n\n\n\nx-ms-date:"));
        assert!(authorization(&put, b"key").starts_with("Authorization: SharedKey lab:"));
    }
}

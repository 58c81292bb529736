//! The signature of a request to S3: AWS Signature Version 4, as "Authenticating Requests (AWS Signature Version 4)" of the
//! Amazon S3 API reference has it.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// Who asks. What is secret isn't shown.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) key: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("credentials of the environment")
    }
}

/// A request to be signed.
#[derive(Debug, Clone)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) host: &'a str,
    /// As it stands in the URL.
    pub(crate) path: &'a str,
    /// Names and values, not yet encoded.
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// The SHA-256 checksum of what is sent.
    pub(crate) sha256: &'a str,
    pub(crate) region: &'a str,
    /// As in 20130524T000000Z.
    pub(crate) time: &'a str,
}

/// The headers that a request needs, the signature among them.
pub(crate) fn headers(
    request: &Request<'_>,
    credentials: &Credentials,
    further: &[(&str, &str)],
) -> Vec<String> {
    let mut signed: Vec<(String, String)> = vec![
        ("host".into(), request.host.to_owned()),
        ("x-amz-content-sha256".into(), request.sha256.to_owned()),
        ("x-amz-date".into(), request.time.to_owned()),
    ];
    signed.extend(further.iter().map(|(name, value)| (name.to_ascii_lowercase(), (*value).to_owned())));
    if let Some(token) = &credentials.token {
        signed.push(("x-amz-security-token".into(), token.clone()));
    }
    signed.sort();
    let names: Vec<&str> = signed.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.join(";");
    let canonical_headers: String = signed.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let canonical = format!(
        "{}\n{}\n{}\n{canonical_headers}\n{names}\n{}",
        request.method,
        request.path,
        query(request.query),
        request.sha256
    );
    let day = request.time.get(..8).unwrap_or_default();
    let scope = format!("{day}/{}/s3/aws4_request", request.region);
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{}\n{scope}\n{}",
        request.time,
        hexadecimal(&Sha256::digest(canonical)[..])
    );
    let key = [day, request.region, "s3", "aws4_request"]
        .iter()
        .fold(format!("AWS4{}", credentials.secret).into_bytes(), |key, part| {
            hmac(&key, part.as_bytes()).to_vec()
        });
    let signature = hexadecimal(&hmac(&key, to_sign.as_bytes()));
    let mut headers: Vec<String> = signed
        .iter()
        .filter(|(name, _)| name != "host")
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    headers.push(format!(
        "Authorization: AWS4-HMAC-SHA256 Credential={}/{scope},SignedHeaders={names},Signature={signature}",
        credentials.key
    ));
    headers
}

/// A query as it is signed and asked: encoded, in order of names.
pub(crate) fn query(query: &[(&str, &str)]) -> String {
    let mut encoded: Vec<(String, String)> =
        query.iter().map(|(name, value)| (escaped(name, false), escaped(value, false))).collect();
    encoded.sort();
    let encoded: Vec<String> = encoded.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    encoded.join("&")
}

/// A text as it stands in a URL; of a path slashes stay.
pub(crate) fn escaped(text: &str, is_path: bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            b'/' if is_path => out.push('/'),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// HMAC with SHA-256 (RFC 2104).
pub(crate) fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let mut padded = [0_u8; BLOCK];
    let short = if key.len() > BLOCK { Sha256::digest(key).to_vec() } else { key.to_vec() };
    padded.iter_mut().zip(short).for_each(|(slot, byte)| *slot = byte);
    let inner = Sha256::digest([&padded.map(|byte| byte ^ 0x36)[..], message].concat());
    Sha256::digest([&padded.map(|byte| byte ^ 0x5c)[..], &inner[..]].concat()).into()
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the S3 API reference, "Signature Calculations for the Authorization Header".
    #[test]
    fn the_examples_of_the_reference() {
        let credentials = Credentials {
            key: "AKIAIOSFODNN7EXAMPLE".into(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            token: None,
        };
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let request = Request {
            method: "GET",
            host: "examplebucket.s3.amazonaws.com",
            path: "/test.txt",
            query: &[],
            sha256: empty,
            region: "us-east-1",
            time: "20130524T000000Z",
        };
        let signature = |request: &Request<'_>, further: &[(&str, &str)]| {
            let headers = headers(request, &credentials, further);
            headers.last().and_then(|line| Some(line.split_once("Signature=")?.1.to_owned()))
        };
        assert_eq!(
            signature(&request, &[("Range", "bytes=0-9")]).as_deref(),
            Some("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        );
        let list = Request { path: "/", query: &[("prefix", "J"), ("max-keys", "2")], ..request };
        assert_eq!(
            signature(&list, &[]).as_deref(),
            Some("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
        );
        assert!(!format!("{credentials:?}").contains("wJalr"));
    }

    /// RFC 4231, test cases 2 and 6.
    #[test]
    fn message_authentication() {
        assert_eq!(
            hexadecimal(&hmac(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hexadecimal(&hmac(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn texts_in_urls() {
        assert_eq!(escaped("a b/数", true), "a%20b/%E6%95%B0");
        assert_eq!(query(&[("prefix", "v1/x"), ("list-type", "2")]), "list-type=2&prefix=v1%2Fx");
    }
}

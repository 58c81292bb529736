//! One transfer by `curl`: its answer's head, and its bytes as they come.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::error::FetchError;
use crate::limits::Limits;
use crate::response_head::ResponseHead;

/// A head longer than this is no server's.
const LONGEST_HEAD: u64 = 64 * 1024;

const CURL: &str = "curl";
const CURE: &str = "it comes with macOS and Windows; on Debian `apt-get install curl`";

/// What is asked of a server.
#[derive(Debug, Clone)]
pub(crate) struct Request<'a> {
    /// The URL, with what is secret in it.
    pub(crate) url: &'a str,
    /// The URL as the manifest has it.
    pub(crate) told: &'a str,
    /// The first byte that is asked for, and the version that the bytes before it are of.
    pub(crate) from: u64,
    pub(crate) version: Option<&'a str>,
    pub(crate) accept: Option<&'a str>,
}

/// A transfer that has begun.
pub(crate) struct Transfer {
    child: Child,
    body: BufReader<ChildStdout>,
    pub(crate) head: ResponseHead,
}

/// Why a transfer ended before its end.
#[derive(Debug)]
pub(crate) enum Broken {
    /// Another attempt may do better.
    Passing(String),
    /// No other attempt will.
    Lasting(FetchError),
}

impl From<FetchError> for Broken {
    fn from(error: FetchError) -> Self {
        Broken::Lasting(error)
    }
}

impl Transfer {
    /// Asks, and reads the head of the answer.
    pub(crate) fn begin(request: &Request<'_>, limits: &Limits) -> std::result::Result<Self, Broken> {
        let scheme = request.url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        // What was asked for in secret isn't handed out openly by a redirect.
        let after = match scheme.as_deref() {
            Some("https") => "=https",
            Some("http") => "=http,https",
            _ => {
                let message = "only http:// and https:// are fetched".into();
                return Err(FetchError::BadUrl { url: request.told.into(), message }.into());
            }
        };
        if request.url.contains(|character: char| character.is_control() || character == ' ') {
            let message = "a URL has no spaces or control characters: write %20".into();
            return Err(FetchError::BadUrl { url: request.told.into(), message }.into());
        }
        let seconds = |duration: std::time::Duration| duration.as_secs().max(1).to_string();
        let mut command = Command::new(CURL);
        // No file of the user's settings, and no more than is said here.
        command.args(["--disable", "--silent", "--show-error", "--globoff", "--include", "--location"]);
        command.args(["--suppress-connect-headers", "--proto", "=http,https", "--proto-redir", after]);
        command.args(["--max-redirs", &limits.redirects.to_string()]);
        command.args(["--connect-timeout", &seconds(limits.connect)]);
        command.args(["--speed-limit", "1", "--speed-time", &seconds(limits.stall)]);
        command.args(["--user-agent", "vintner", "--config", "-"]);
        // The URL may hold a key, and arguments are seen by everyone on the machine.
        let mut settings = format!("url = {}\n", setting(request.url));
        if request.from > 0 {
            settings.push_str(&format!("range = \"{}-\"\n", request.from));
            if let Some(version) = request.version {
                settings.push_str(&format!("header = {}\n", setting(&format!("If-Range: {version}"))));
            }
        }
        if let Some(accept) = request.accept {
            settings.push_str(&format!("header = {}\n", setting(&format!("Accept: {accept}"))));
        }
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|_| FetchError::NoProgram { program: CURL, cure: CURE })?;
        if let Some(mut stdin) = child.stdin.take() {
            // What can't be handed over shows in how it ends.
            let _ = stdin.write_all(settings.as_bytes());
        }
        let Some(stdout) = child.stdout.take() else {
            return Err(Broken::Passing("no answer can be read".into()));
        };
        let mut transfer = Self { child, body: BufReader::new(stdout), head: ResponseHead::default() };
        loop {
            let Some(head) = transfer.read_head() else {
                return Err(transfer.ended(request));
            };
            let is_followed = head.is_followed();
            transfer.head = head;
            if !is_followed {
                return Ok(transfer);
            }
        }
    }

    fn read_head(&mut self) -> Option<ResponseHead> {
        let mut text = Vec::new();
        loop {
            let mut line = Vec::new();
            let mut bounded = (&mut self.body).take(LONGEST_HEAD);
            bounded.read_until(b'\n', &mut line).ok().filter(|count| *count > 0)?;
            if matches!(line.as_slice(), b"\r\n" | b"\n") {
                return ResponseHead::of(&String::from_utf8_lossy(&text));
            }
            text.extend(line);
            if text.len() as u64 > LONGEST_HEAD {
                return None;
            }
        }
    }

    /// Some bytes of the body; none at its end.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.body.read(buffer)
    }

    /// Waits for the end of the program, and says how the transfer ended: well, or why not.
    pub(crate) fn finish(mut self, request: &Request<'_>) -> std::result::Result<(), Broken> {
        let status = self.child.wait().map_err(|problem| Broken::Passing(problem.to_string()))?;
        if status.success() { Ok(()) } else { Err(self.ended(request)) }
    }

    /// What the program says of its end.
    fn ended(&mut self, request: &Request<'_>) -> Broken {
        let mut said = String::new();
        if let Some(stderr) = self.child.stderr.take() {
            let _ = stderr.take(4096).read_to_string(&mut said);
        }
        let _ = self.child.kill();
        let code = self.child.wait().ok().and_then(|status| status.code());
        let said = said.trim().trim_start_matches("curl: ").to_owned();
        // What it says may hold the URL, and with it what is secret.
        let said = said.replace(request.url, request.told);
        let message = match code {
            // 1: a scheme that isn't allowed; 3: no URL; 47: too many redirects.
            Some(1 | 3) => {
                let message = format!("it, or where it leads, isn't fetched: {said}");
                return FetchError::BadUrl { url: request.told.into(), message }.into();
            }
            Some(47) => {
                return FetchError::BadUrl {
                    url: request.told.into(),
                    message: "it leads from one redirect to another without end".into(),
                }
                .into();
            }
            Some(60 | 77) => {
                let message = format!("its certificate isn't trusted: {said}");
                return FetchError::BadUrl { url: request.told.into(), message }.into();
            }
            Some(18) => "the transfer was cut off".to_owned(),
            Some(28) => "nothing came for too long".to_owned(),
            _ if said.is_empty() => "no answer that is HTTP".to_owned(),
            _ => said,
        };
        Broken::Passing(message)
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        // Ended already, most often.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A text in the quotation marks of curl's settings.
fn setting(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

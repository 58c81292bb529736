//! Many transfers by one `curl`, which keeps its connections open from one to the next and has several at once.
//!
//! What is said to it goes through its stdin, as arguments are seen by everyone on the machine. It reads no settings of the
//! user's but proxies and certificates of the environment.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::bucket::Trouble;

/// So many transfers go on at once.
const AT_ONCE: usize = 32;
/// So many are handed to one process, and so many bytes: what is signed holds for a quarter of an hour.
const MOST: usize = 512;
const MOST_BYTES: u64 = 1 << 30;

/// Seconds that a connection may take, and that nothing may come.
const CONNECT: u32 = 20;
const STALL: u32 = 60;

/// A transfer.
#[derive(Debug, Clone)]
pub(crate) struct Transfer {
    pub(crate) url: String,
    pub(crate) headers: Vec<String>,
    pub(crate) what: What,
}

/// What is to be done.
#[derive(Debug, Clone)]
pub(crate) enum What {
    /// Into a file, from so many bytes on, and no more than so many.
    Get {
        into: PathBuf,
        from: u64,
        most: u64,
    },
    /// A file.
    Put {
        from: PathBuf,
    },
    Delete,
}

impl What {
    /// The method of HTTP that does it.
    pub(crate) fn method(&self) -> &'static str {
        match self {
            Self::Get { .. } => "GET",
            Self::Put { .. } => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// Does transfers; `prepared` makes each when its turn comes. Redirects are followed where `follows`, which signed
/// requests can't be.
pub(crate) fn transfer<T>(
    things: &[T],
    size: impl Fn(&T) -> u64,
    prepared: impl Fn(&T) -> Result<Transfer, Trouble>,
    follows: bool,
) -> Vec<Result<(), Trouble>> {
    let mut done = Vec::with_capacity(things.len());
    let mut left = things;
    while !left.is_empty() {
        let mut bytes = 0;
        let fits = |thing: &&T| {
            bytes += size(thing);
            bytes <= MOST_BYTES
        };
        let count = left.iter().take(MOST).take_while(fits).count().max(1);
        let (now, after) = left.split_at(count.min(left.len()));
        left = after;
        let transfers: Vec<Result<Transfer, Trouble>> = now.iter().map(&prepared).collect();
        done.extend(run(transfers, follows));
    }
    done
}

fn run(transfers: Vec<Result<Transfer, Trouble>>, follows: bool) -> Vec<Result<(), Trouble>> {
    let sections: Vec<String> = transfers
        .iter()
        .enumerate()
        .filter_map(|(at, transfer)| Some(section(at, transfer.as_ref().ok()?, follows)))
        .collect();
    let said = if sections.is_empty() { Ok(String::new()) } else { curl(&sections.join("next\n")) };
    let said = match said {
        Ok(said) => said,
        Err(trouble) => {
            return transfers.into_iter().map(|transfer| transfer.and(Err(trouble.clone()))).collect();
        }
    };
    let mut ended: Vec<Option<Ended>> = transfers.iter().map(|_| None).collect();
    for line in said.lines() {
        if let Some((at, end)) = Ended::of(line)
            && let Some(slot) = ended.get_mut(at)
        {
            *slot = Some(end);
        }
    }
    let outcome = |(transfer, ended): (Result<Transfer, Trouble>, Option<Ended>)| {
        let transfer = transfer?;
        let Some(ended) = ended else {
            return Err(Trouble::Passing("curl ended before this transfer did".to_owned()));
        };
        ended.outcome(&transfer.what)
    };
    transfers.into_iter().zip(ended).map(outcome).collect()
}

fn curl(settings: &str) -> Result<String, Trouble> {
    let mut command = Command::new("curl");
    command.args(["--disable", "--silent", "--no-progress-meter", "--parallel"]);
    command.args(["--parallel-max", &AT_ONCE.to_string(), "--config", "-"]);
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = spawned.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Trouble::Lasting(
            "curl isn't installed: it comes with macOS and Windows; on Debian `apt-get install curl`".into(),
        ),
        _ => Trouble::Lasting(format!("curl can't be run: {error}")),
    })?;
    if let Some(mut stdin) = child.stdin.take() {
        // It reads all of it before it says anything. What can't be handed over shows in how it ends.
        let _ = stdin.write_all(settings.as_bytes());
    }
    let output = child.wait_with_output().map_err(|error| Trouble::Passing(error.to_string()))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What curl is told of one transfer.
fn section(at: usize, transfer: &Transfer, follows: bool) -> String {
    let mut lines = vec![
        format!("url = {}", setting(&transfer.url)),
        "silent".into(),
        "fail".into(),
        "globoff".into(),
        "proto = \"=http,https\"".into(),
        "user-agent = \"vintner\"".into(),
        format!("connect-timeout = {CONNECT}"),
        "speed-limit = 1".into(),
        format!("speed-time = {STALL}"),
        format!("write-out = \"{at} %{{http_code}} %{{exitcode}} %{{errormsg}}\\n\""),
    ];
    if follows {
        // What was asked for in secret isn't handed out openly by a redirect.
        let after = if transfer.url.starts_with("https") { "=https" } else { "=http,https" };
        lines.extend(["location".into(), "max-redirs = 5".into(), format!("proto-redir = \"{after}\"")]);
    }
    lines.extend(transfer.headers.iter().map(|header| format!("header = {}", setting(header))));
    match &transfer.what {
        What::Get { into, from, most } => {
            lines.push(format!("output = {}", setting(&into.display().to_string())));
            // Of a server that says nothing of the size before.
            lines.push(format!("max-filesize = {}", most.max(&1)));
            if *from > 0 {
                lines.push(format!("continue-at = {from}"));
            }
        }
        What::Put { from } => {
            lines.push(format!("upload-file = {}", setting(&from.display().to_string())));
            // No question beforehand whether it may.
            lines.push("header = \"Expect:\"".into());
            lines.push(format!("output = \"{NOWHERE}\""));
        }
        What::Delete => {
            lines.push("request = \"DELETE\"".into());
            lines.push(format!("output = \"{NOWHERE}\""));
        }
    }
    lines.join("\n") + "\n"
}

const NOWHERE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// A text in the quotation marks of curl's settings.
fn setting(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// How a transfer ended.
#[derive(Debug, PartialEq, Eq)]
struct Ended {
    status: u16,
    exit: u16,
    said: String,
}

impl Ended {
    fn of(line: &str) -> Option<(usize, Self)> {
        let mut words = line.splitn(4, ' ');
        let at = words.next()?.parse().ok()?;
        let (status, exit) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        Some((at, Self { status, exit, said: words.next().unwrap_or_default().trim().to_owned() }))
    }

    fn outcome(&self, what: &What) -> Result<(), Trouble> {
        let discard = || {
            if let What::Get { into, .. } = what {
                let _ = fs::remove_file(into);
            }
        };
        let asked_for_a_part = matches!(what, What::Get { from: 1.., .. });
        match (self.status, self.exit) {
            (416, _) | (_, 33) if asked_for_a_part => {
                discard();
                return Err(Trouble::Passing("it sends no parts, so all of it is asked for".into()));
            }
            (200, 0) if asked_for_a_part => {
                discard();
                return Err(Trouble::Passing("it sent all where a part was asked for".into()));
            }
            (200..=299, 0) => {
                // curl writes no file where there is nothing to write.
                if let What::Get { into, .. } = what
                    && !into.exists()
                {
                    let made = fs::write(into, b"");
                    return made.map_err(|error| Trouble::Lasting(error.to_string()));
                }
                return Ok(());
            }
            (404 | 410, _) if matches!(what, What::Delete) => return Ok(()),
            (404 | 410, _) => {
                discard();
                return Err(Trouble::Absent);
            }
            _ => {}
        }
        let said = if self.said.is_empty() { "no answer" } else { &self.said };
        Err(match (self.status, self.exit) {
            (408 | 425 | 429 | 500..=599, _) => {
                Trouble::Passing(format!("the server answered {}", self.status))
            }
            (401 | 403 | 407, _) => Trouble::Lasting(format!(
                "the server answered {}: see that the credentials in the environment are there and may do this, \
                 and that this machine's clock is right",
                self.status
            )),
            (300..=399, 0) => Trouble::Lasting(format!(
                "the server answered {}: it is elsewhere; of a bucket, set AWS_REGION to its region",
                self.status
            )),
            (400..=499, _) => Trouble::Lasting(format!("the server answered {}", self.status)),
            (_, 63) => {
                discard();
                Trouble::Lasting("it has more bytes than are expected".into())
            }
            (0, 5..=7) => Trouble::Lasting(format!("it can't be reached ({said})")),
            (0, 28) => Trouble::Lasting("it can't be reached (no answer for too long)".into()),
            (_, 60 | 77) => Trouble::Lasting(format!("its certificate isn't trusted ({said})")),
            (_, 23 | 26) => {
                Trouble::Lasting(format!("a file of this machine can't be written or read ({said})"))
            }
            _ => Trouble::Passing(said.to_owned()),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn how_transfers_end() {
        let put = What::Put { from: "file".into() };
        let outcome = |line: &str| Ended::of(line).unwrap().1.outcome(&put);
        assert_eq!(outcome("0 200 0 "), Ok(()));
        assert_eq!(outcome("0 404 22 The requested URL returned error: 404"), Err(Trouble::Absent));
        assert_eq!(Ended::of("3 404 22 ").unwrap().1.outcome(&What::Delete), Ok(()));
        assert!(matches!(outcome("0 503 22 "), Err(Trouble::Passing(_))));
        assert!(matches!(outcome("0 200 18 transfer closed"), Err(Trouble::Passing(_))));
        assert!(matches!(outcome("0 000 56 Recv failure"), Err(Trouble::Passing(_))));
        assert!(matches!(outcome("0 000 6 Could not resolve host"), Err(Trouble::Lasting(_))));
        let refused = outcome("0 403 22 ").unwrap_err().to_string();
        assert!(refused.contains("403") && refused.contains("credentials"), "{refused}");
        assert!(outcome("0 301 0 ").unwrap_err().to_string().contains("AWS_REGION"));
        assert_eq!(Ended::of("nothing"), None);
    }

    #[test]
    fn what_is_said_to_curl_is_quoted() {
        assert_eq!(setting(r#"a "b" \c"#), r#""a \"b\" \\c""#);
        let get = What::Get { into: "/tmp/a \"b\"".into(), from: 7, most: 9 };
        let transfer = Transfer { url: "https://x/y".into(), headers: vec!["A: b".into()], what: get };
        let said = section(4, &transfer, true);
        for line in [
            "output = \"/tmp/a \\\"b\\\"\"",
            "continue-at = 7",
            "max-filesize = 9",
            "proto-redir = \"=https\"",
        ] {
            assert!(said.lines().any(|one| one == line), "{line}\n{said}");
        }
    }
}

//! A web server for tests: it serves what a bucket in memory holds.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::buckets::Memory;

/// How the server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    Well,
    /// It sends all of a file, whatever part is asked for.
    WithoutParts,
    /// Every third answer is 503.
    Busy,
    /// Every third answer breaks off in the middle.
    BreaksOff,
    /// Each answer takes so long.
    Slow(Duration),
}

/// A server, which runs until the tests end.
pub struct WebServer {
    pub address: String,
    pub requests: Arc<AtomicUsize>,
}

impl WebServer {
    pub fn of(memory: &Memory, manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let (memory, counted) = (memory.clone(), Arc::clone(&requests));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (memory, counted) = (memory.clone(), Arc::clone(&counted));
                thread::spawn(move || serve(&stream, &memory, manner, &counted));
            }
        });
        Self { address, requests }
    }
}

/// Answers one request after the other on a connection.
fn serve(stream: &TcpStream, memory: &Memory, manner: Manner, requests: &AtomicUsize) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut first = String::new();
        lines.read_line(&mut first).ok().filter(|count| *count > 0)?;
        let mut from = None;
        loop {
            let mut line = String::new();
            lines.read_line(&mut line).ok()?;
            if line.trim().is_empty() {
                break;
            }
            if let Some(range) = line.to_ascii_lowercase().strip_prefix("range: bytes=") {
                from = range.trim().trim_end_matches('-').parse::<usize>().ok();
            }
        }
        let number = requests.fetch_add(1, Ordering::SeqCst);
        if let Manner::Slow(each) = manner {
            thread::sleep(each);
        }
        let name = first.split(' ').nth(1)?.trim_start_matches('/').to_owned();
        let found = memory.held.lock().unwrap().get(&name).map(|(bytes, _)| bytes.clone());
        let (status, body) = match (found, from) {
            _ if manner == Manner::Busy && number % 3 == 1 => ("503 Busy", b"busy".to_vec()),
            (None, _) => ("404 Not Found", b"nothing".to_vec()),
            (Some(bytes), Some(from)) if manner != Manner::WithoutParts => match bytes.get(from..) {
                Some(rest) if !rest.is_empty() => ("206 Partial Content", rest.to_vec()),
                _ => ("416 Range Not Satisfiable", Vec::new()),
            },
            (Some(bytes), _) => ("200 OK", bytes),
        };
        let range = match (status, from) {
            ("206 Partial Content", Some(from)) => {
                let whole = from + body.len();
                format!("Content-Range: bytes {from}-{}/{whole}\r\n", whole - 1)
            }
            _ => String::new(),
        };
        let head = format!("HTTP/1.1 {status}\r\n{range}Content-Length: {}\r\n\r\n", body.len());
        let mut out = stream;
        out.write_all(head.as_bytes()).ok()?;
        if manner == Manner::BreaksOff && number % 3 == 1 && body.len() > 1 {
            out.write_all(&body[..body.len() / 2]).ok()?;
            return None;
        }
        out.write_all(&body).ok()?;
    }
}

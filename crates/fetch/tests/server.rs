//! A server of a test's own: on this machine, and as good or bad as the test has it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What was asked: the path, and the headers.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    pub headers: Vec<String>,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<String> {
        let start = format!("{}:", name.to_lowercase());
        let found = self.headers.iter().find(|line| line.to_lowercase().starts_with(&start))?;
        Some(found.split_once(':')?.1.trim().to_owned())
    }

    /// The first byte that is asked for.
    pub fn from(&self) -> usize {
        let range = self.header("range").unwrap_or_default();
        range.strip_prefix("bytes=").and_then(|range| range.split('-').next()?.parse().ok()).unwrap_or(0)
    }
}

pub struct Server {
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// A server that answers each request, by its number from 0, as `answer` writes it.
    pub fn new(answer: impl Fn(usize, &Asked, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let kept = asked.clone();
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let Some(Ok(first)) = lines.next() else { continue };
                let headers: Vec<String> =
                    lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
                let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
                let own = Asked { path, headers };
                let number = {
                    let mut kept = kept.lock().unwrap();
                    kept.push(own.clone());
                    kept.len() - 1
                };
                let answer = answer.clone();
                thread::spawn(move || answer(number, &own, &mut stream));
            }
        });
        Self { address, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

/// An answer with a body, whose first bytes alone may be sent.
pub fn send(stream: &mut TcpStream, status: &str, headers: &[&str], body: &[u8], sent: usize) {
    let mut head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    let _ = stream.write_all(format!("{head}\r\n").as_bytes());
    let _ = stream.write_all(&body[..sent.min(body.len())]);
    let _ = stream.flush();
}

pub fn whole(stream: &mut TcpStream, body: &[u8]) {
    send(stream, "200 OK", &[], body, body.len());
}

/// The part of a body from the byte that is asked for, as a server does that knows ranges.
pub fn part(stream: &mut TcpStream, asked: &Asked, body: &[u8], sent: usize) {
    let from = asked.from();
    if from == 0 {
        return send(stream, "200 OK", &["ETag: \"one\""], body, sent);
    }
    let range = format!("Content-Range: bytes {from}-{}/{}", body.len() - 1, body.len());
    send(stream, "206 Partial Content", &[&range, "ETag: \"one\""], &body[from..], sent);
}

pub fn pause(milliseconds: u64) {
    thread::sleep(Duration::from_millis(milliseconds));
}

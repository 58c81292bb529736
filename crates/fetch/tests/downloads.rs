//! Downloads from servers that stall, cut off, change, redirect, refuse and lie.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::time::Duration;

use vintner_fetch::{FetchError, Fetched, Limits, Wish, fetch};
use vintner_ingest::Checksum;

use crate::server::{Server, part, pause, send, whole};

pub fn limits() -> Limits {
    Limits {
        bytes: 1 << 20,
        attempts: 4,
        wait: Duration::from_millis(5),
        connect: Duration::from_secs(5),
        stall: Duration::from_secs(1),
        redirects: 3,
    }
}

fn has_curl() -> bool {
    let there = std::process::Command::new("curl").arg("--version").output().is_ok();
    if !there {
        println!("skipped: curl isn't here");
    }
    there
}

fn get(folder: &Path, url: &str, sha256: Option<&str>) -> Result<Fetched, FetchError> {
    let wish = Wish {
        place: folder.join("a.csv"),
        sha256,
        url: Some(url),
        archived_url: None,
        query: None,
        folder,
        is_page: false,
    };
    fetch(&wish, &limits(), &mut |_, _| {})
}

fn body() -> Vec<u8> {
    (0..50_000_u32).flat_map(|number| format!("{number},{}\n", number * 7).into_bytes()).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_comes_whole_and_is_what_its_checksum_says() {
    if !has_curl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server = Server::new(|_, _, stream| whole(stream, &body()));
    let sum = Checksum::of(&body()).to_string();
    let fetched = get(folder.path(), &server.address, Some(&sum)).unwrap();
    assert_eq!((fetched.sha256, fetched.bytes), (sum.clone(), body().len() as u64));
    assert_eq!(fs::read(folder.path().join("a.csv")).unwrap(), body());
    assert_eq!(names(folder.path()), ["a.csv"]);
    // What is there is never overwritten.
    let again = get(folder.path(), &server.address, Some(&sum)).unwrap_err().to_string();
    assert!(again.contains("nothing is overwritten"), "{again}");
}

#[test]
fn what_was_cut_off_goes_on_from_there() {
    if !has_curl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server = Server::new(|number, asked, stream| {
        part(stream, asked, &body(), if number < 2 { 100_000 } else { usize::MAX })
    });
    let sum = Checksum::of(&body()).to_string();
    get(folder.path(), &server.address, Some(&sum)).unwrap();
    let asked: Vec<usize> = server.asked().iter().map(|asked| asked.from()).collect();
    assert_eq!(asked, [0, 100_000, 200_000]);
    assert_eq!(server.asked()[1].header("if-range").as_deref(), Some("\"one\""));
    assert_eq!(fs::read(folder.path().join("a.csv")).unwrap(), body());
}

#[test]
fn what_a_run_left_is_gone_on_with_by_the_next() {
    if !has_curl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let sum = Checksum::of(&body()).to_string();
    let broken = Server::new(|_, asked, stream| part(stream, asked, &body(), 0));
    let cut = Server::new(|number, asked, stream| {
        part(stream, asked, &body(), if number == 0 { 70_000 } else { 0 })
    });
    let error = get(folder.path(), &cut.address, Some(&sum)).unwrap_err();
    assert!(matches!(error, FetchError::GaveUp { received: 70_000, attempts: 4, .. }), "{error}");
    assert_eq!(names(folder.path()), [".a.csv.part"]);
    drop(broken);
    let whole = Server::new(|_, asked, stream| part(stream, asked, &body(), usize::MAX));
    get(folder.path(), &whole.address, Some(&sum)).unwrap();
    assert_eq!(whole.asked()[0].from(), 70_000);
    assert_eq!(fs::read(folder.path().join("a.csv")).unwrap(), body());
}

#[test]
fn a_server_without_ranges_sends_all_of_it_again() {
    if !has_curl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let sum = Checksum::of(&body()).to_string();
    let server = Server::new(|number, _, stream| {
        send(stream, "200 OK", &[], &body(), if number == 0 { 90_000 } else { usize::MAX });
    });
    get(folder.path(), &server.address, Some(&sum)).unwrap();
    assert_eq!(fs::read(folder.path().join("a.csv")).unwrap(), body());
}

#[test]
fn a_file_that_changes_meanwhile_is_got_anew() {
    if !has_curl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // The first part of one version; then another, whose ranges are served whatever is asked.
    let old: Vec<u8> = body().iter().map(|byte| byte ^ 1).collect();
    let sum = Checksum::of(&body()).to_string();
    let server = Server::new(move |number, asked, stream| match number {
        0 => part(stream, asked, &old, 60_000),
        _ => part(stream, asked, &body(), usize::MAX),
    });
    get(folder.path(), &server.address, Some(&sum)).unwrap();
    assert_eq!(fs::read(folder.path().join("a.csv")).unwrap(), body());
    assert_eq!(server.asked().last().unwrap().from(), 0);
}

#[test]
fn another_file_than_was_published_is_refused_or_taken_from_the_archive() {
    if !has_curl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server =
        Server::new(|_, asked, stream| whole(stream, if asked.path == "/old" { b"old" } else { b"new" }));
    let sum = Checksum::of(b"old").to_string();
    let error = get(folder.path(), &format!("{}/now", server.address), Some(&sum)).unwrap_err();
    assert!(matches!(error, FetchError::Changed { .. }), "{error}");
    assert!(error.to_string().contains("--update"));
    assert!(names(folder.path()).is_empty());
    let (url, archived) = (format!("{}/now", server.address), format!("{}/old", server.address));
    let wish = Wish {
        place: folder.path().join("a.csv"),
        sha256: Some(&sum),
        url: Some(&url),
        archived_url: Some(&archived),
        query: None,
        folder: folder.path(),
        is_page: false,
    };
    let fetched = fetch(&wish, &limits(), &mut |_, _| {}).unwrap();
    assert_eq!(fetched.from, archived);
    assert_eq!(fs::read(folder.path().join("a.csv")).unwrap(), b"old");
}

#[test]
fn a_server_that_stalls_is_given_up_and_one_that_is_busy_is_asked_again() {
    if !has_curl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let stalling = Server::new(|_, _, stream| {
        send(stream, "200 OK", &[], &body(), 10);
        pause(20_000);
    });
    let wish = Wish {
        place: folder.path().join("a.csv"),
        sha256: None,
        url: Some(&stalling.address),
        archived_url: None,
        query: None,
        folder: folder.path(),
        is_page: false,
    };
    let error = fetch(&wish, &Limits { attempts: 1, ..limits() }, &mut |_, _| {}).unwrap_err();
    assert!(error.to_string().contains("nothing came for too long"), "{error}");
    let busy = Server::new(|number, _, stream| match number {
        0 => send(stream, "503 Busy", &[], b"busy", 4),
        1 => send(stream, "429 Too Many", &[], b"", 0),
        _ => whole(stream, b"x"),
    });
    assert_eq!(get(folder.path(), &busy.address, None).unwrap().bytes, 1);
}

#[test]
fn hostile_answers_are_refused() {
    if !has_curl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let refused = |server: &Server| {
        let error = get(folder.path(), &server.address, None).unwrap_err().to_string();
        assert!(names(folder.path()).is_empty(), "{error}: {:?}", names(folder.path()));
        error
    };
    // A file of the machine, where the URL leads or that it is.
    let leading =
        Server::new(|_, _, stream| send(stream, "302 Found", &["Location: file:///etc/passwd"], b"", 0));
    assert!(refused(&leading).contains("isn't fetched"));
    assert!(get(folder.path(), "file:///etc/passwd", None).unwrap_err().to_string().contains("only http"));
    assert!(get(folder.path(), "-o/tmp/x", None).is_err());
    let circle = Server::new(|_, asked, stream| {
        send(stream, "302 Found", &[&format!("Location: {}x", asked.path)], b"", 0);
    });
    assert!(refused(&circle).contains("redirect"));
    // More than is taken, said or not.
    let large = Server::new(|_, _, stream| send(stream, "200 OK", &[], &vec![0; 2 << 20], usize::MAX));
    assert!(refused(&large).contains("more than 1048576 bytes"));
    let endless = Server::new(|_, _, stream| {
        use std::io::Write;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        while stream.write_all(&[b'x'; 65_536]).is_ok() {}
    });
    assert!(refused(&endless).contains("more than 1048576 bytes"));
    // A name from outside names no file.
    let named = Server::new(|_, _, stream| {
        send(stream, "200 OK", &["Content-Disposition: attachment; filename=\"../../x\""], b"y", 1);
    });
    get(folder.path(), &named.address, None).unwrap();
    assert_eq!(names(folder.path()), ["a.csv"]);
    fs::remove_file(folder.path().join("a.csv")).unwrap();
    for (status, part) in [("404 Not Found", "archived_url"), ("403 Forbidden", "signing in")] {
        let server = Server::new(move |_, _, stream| send(stream, status, &[], b"<html>", 6));
        assert!(refused(&server).contains(part), "{status}");
        assert_eq!(server.asked().len(), 1);
    }
    let garbage = Server::new(|_, _, stream| {
        use std::io::Write;
        let _ = stream.write_all(b"\x00\x01\x02 no HTTP\r\n\r\n");
    });
    let _ = refused(&garbage);
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    if !has_curl() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let outside = folder.path().join("outside");
    fs::write(&outside, "kept").unwrap();
    let raw = folder.path().join("raw");
    fs::create_dir(&raw).unwrap();
    std::os::unix::fs::symlink(&outside, raw.join(".a.csv.part")).unwrap();
    let server = Server::new(|_, _, stream| whole(stream, b"x"));
    assert!(get(&raw, &server.address, None).is_err());
    assert_eq!(fs::read(&outside).unwrap(), b"kept");
}

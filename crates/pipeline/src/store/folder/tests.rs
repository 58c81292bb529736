//! What a handle of a folder does, whichever the system's: both kinds pass the same tests.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind, Read, Write};

use super::entry::EntryKind;

fn name(text: &str) -> &OsStr {
    OsStr::new(text)
}

macro_rules! handles {
    ($kind:ident) => {
        mod $kind {
            use super::super::$kind::Handle;
            use super::*;

            #[test]
            fn folders_are_made_opened_listed_and_removed() -> io::Result<()> {
                let parent = tempfile::tempdir()?;
                let missing = Handle::open(&parent.path().join("none")).map(|_| ());
                assert_eq!(missing.map_err(|error| error.kind()), Err(ErrorKind::NotFound));
                let handle = Handle::open(parent.path())?;
                handle.make(name("inner"))?;
                assert_eq!(handle.make(name("inner")).map_err(|e| e.kind()), Err(ErrorKind::AlreadyExists));
                let inner = handle.inner(name("inner"))?;
                inner.create(name("b"), 0o666)?.write_all(b"12")?;
                inner.create(name("a"), 0o666)?;
                let mut names = inner.names()?;
                names.sort();
                assert_eq!(names, ["a", "b"]);
                let entry = inner.entry(name("b"))?;
                assert_eq!((entry.kind, entry.bytes, entry.names), (EntryKind::File, 2, 1));
                assert!(entry.modified > 0);
                assert_eq!(handle.entry(name("inner"))?.kind, EntryKind::Folder);
                assert!(handle.remove_folder(name("inner")).is_err(), "it isn't empty");
                inner.remove_file(name("a"))?;
                inner.remove_file(name("b"))?;
                handle.remove_folder(name("inner"))?;
                assert_eq!(handle.names()?.len(), 0);
                let gone = handle.inner(name("inner")).map(|_| ());
                assert_eq!(gone.map_err(|error| error.kind()), Err(ErrorKind::NotFound));
                Ok(())
            }

            #[test]
            fn files_are_made_once_renamed_over_and_linked() -> io::Result<()> {
                let parent = tempfile::tempdir()?;
                let handle = Handle::open(parent.path())?;
                handle.create(name("new"), 0o666)?.write_all(b"new")?;
                let again = handle.create(name("new"), 0o666).map(|_| ());
                assert_eq!(again.map_err(|error| error.kind()), Err(ErrorKind::AlreadyExists));
                fs::write(parent.path().join("old"), "old")?;
                handle.rename(name("new"), name("old"))?;
                assert_eq!(fs::read_to_string(parent.path().join("old"))?, "new");
                handle.make(name("to"))?;
                let to = handle.inner(name("to"))?;
                to.link(&handle, name("old"), name("second"))?;
                assert_eq!(fs::read_to_string(parent.path().join("to/second"))?, "new");
                assert!(to.link(&handle, name("old"), name("second")).is_err(), "nothing is linked over");
                Ok(())
            }

            #[test]
            fn folders_are_moved_out_and_in_and_none_is_replaced_that_holds_something() -> io::Result<()> {
                let (parent, elsewhere) = (tempfile::tempdir()?, tempfile::tempdir()?);
                let handle = Handle::open(parent.path())?;
                handle.make(name("kept"))?;
                handle.inner(name("kept"))?.create(name("file"), 0o666)?;
                let place = elsewhere.path().join("out");
                handle.move_out(name("kept"), &place)?;
                assert!(place.join("file").is_file() && handle.names()?.is_empty());
                handle.move_in(&place, name("kept"))?;
                let kinds = handle.kinds()?;
                assert!(kinds.iter().all(|(found, kind)| found == "kept" && *kind != Some(EntryKind::File)));
                assert_eq!(kinds.len(), 1);
                fs::create_dir(&place)?;
                fs::write(place.join("other"), "")?;
                assert!(handle.move_in(&place, name("kept")).is_err());
                assert_eq!(handle.inner(name("kept"))?.names()?, ["file"]);
                Ok(())
            }

            #[test]
            fn a_lock_file_is_opened_and_made_only_where_asked() -> io::Result<()> {
                let parent = tempfile::tempdir()?;
                let handle = Handle::open(parent.path())?;
                let missing = handle.open_file(name("lock"), false).map(|_| ());
                assert_eq!(missing.map_err(|error| error.kind()), Err(ErrorKind::NotFound));
                handle.open_file(name("lock"), true)?.write_all(b"held")?;
                let mut text = String::new();
                handle.open_file(name("lock"), true)?.read_to_string(&mut text)?;
                assert_eq!(text, "held", "what is there isn't cut off");
                handle.make(name("folder"))?;
                assert!(handle.open_file(name("folder"), true).is_err());
                Ok(())
            }

            #[cfg(unix)]
            #[test]
            fn links_are_seen_and_not_followed() -> io::Result<()> {
                use std::os::unix::fs::symlink;
                let (parent, outside) = (tempfile::tempdir()?, tempfile::tempdir()?);
                fs::write(outside.path().join("mine"), "kept")?;
                symlink(outside.path(), parent.path().join("folder"))?;
                symlink(outside.path().join("mine"), parent.path().join("file"))?;
                symlink(outside.path().join("new"), parent.path().join("nowhere"))?;
                let handle = Handle::open(parent.path())?;
                for link in ["folder", "file", "nowhere"] {
                    assert_eq!(handle.entry(name(link))?.kind, EntryKind::Link);
                    assert!(handle.inner(name(link)).is_err(), "{link}");
                    assert!(handle.open_file(name(link), true).is_err(), "{link}");
                    assert!(handle.create(name(link), 0o666).is_err(), "{link}");
                    handle.remove_file(name(link))?;
                }
                assert_eq!(fs::read_to_string(outside.path().join("mine"))?, "kept");
                assert!(!outside.path().join("new").exists());
                Ok(())
            }
        }
    };
}

handles!(portable);
#[cfg(unix)]
handles!(unix);

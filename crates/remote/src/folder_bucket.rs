//! A bucket that is a folder, as of a network disk.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::bucket::{Bucket, Get, Listed, Put, Trouble};

/// What names of files begin with that are being written.
const WRITING: &str = ".writing-";

/// A folder in which files are shared.
#[derive(Debug, Clone)]
pub struct FolderBucket {
    folder: PathBuf,
}

impl FolderBucket {
    /// The bucket in a folder, which is made when something is put there; the folder that it is in has to be there,
    /// as a disk that isn't mounted would otherwise be filled where nobody looks.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    fn path(&self, name: &str) -> PathBuf {
        name.split('/').fold(self.folder.clone(), |path, part| path.join(part))
    }

    fn check_above(&self) -> Result<(), Trouble> {
        match self.folder.parent().filter(|above| !above.as_os_str().is_empty() && !above.is_dir()) {
            Some(above) => Err(Trouble::Lasting(format!(
                "{} isn't there: mount the disk that it is on, make it, or mend the remote in vintner.toml",
                above.display()
            ))),
            None => Ok(()),
        }
    }

    fn get_one(&self, wanted: &Get) -> Result<(), Trouble> {
        let mut file = File::open(self.path(&wanted.name)).map_err(trouble)?;
        let mut into = if wanted.goes_on {
            let into = File::options().append(true).open(&wanted.into).map_err(trouble)?;
            let there = into.metadata().map_err(trouble)?.len();
            file.seek(SeekFrom::Start(there)).map_err(trouble)?;
            into
        } else {
            File::create(&wanted.into).map_err(trouble)?
        };
        let most = wanted.most.saturating_add(1);
        if io::copy(&mut file.take(most), &mut into).map_err(trouble)? == most {
            return Err(Trouble::Lasting(format!(
                "it has more than the {} bytes that are expected",
                wanted.most
            )));
        }
        Ok(())
    }

    fn put_one(&self, put: &Put) -> Result<(), Trouble> {
        self.check_above()?;
        let path = self.path(&put.name);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(trouble)?;
        let mut from = File::open(&put.from).map_err(trouble)?;
        let mut aside = tempfile::Builder::new().prefix(WRITING).tempfile_in(folder).map_err(trouble)?;
        io::copy(&mut from, aside.as_file_mut()).map_err(trouble)?;
        readable_by_those_who_share(aside.as_file()).map_err(trouble)?;
        aside.as_file().sync_all().map_err(trouble)?;
        aside.persist(&path).map_err(|error| trouble(error.error))?;
        Ok(())
    }
}

/// Temporary files are their owner's alone.
#[cfg(unix)]
fn readable_by_those_who_share(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o664))
}

#[cfg(not(unix))]
fn readable_by_those_who_share(_: &File) -> io::Result<()> {
    Ok(())
}

impl Bucket for FolderBucket {
    fn place(&self) -> String {
        self.folder.display().to_string()
    }

    fn list(&self, beginnings: &[String]) -> Result<Vec<Listed>, Trouble> {
        self.check_above()?;
        let mut found = Vec::new();
        for beginning in beginnings {
            let folder = beginning.rsplit_once('/').map_or("", |(folder, _)| folder);
            let from = found.len();
            below(&self.path(folder), folder, &mut found)?;
            let mut at = 0;
            found.retain(|listed| {
                at += 1;
                at <= from || listed.name.starts_with(beginning)
            });
        }
        found.sort_by(|one, other| one.name.cmp(&other.name));
        found.dedup();
        Ok(found)
    }

    fn get(&self, wanted: &[Get]) -> Vec<Result<(), Trouble>> {
        wanted.iter().map(|wanted| self.get_one(wanted)).collect()
    }

    fn put(&self, files: &[Put]) -> Vec<Result<(), Trouble>> {
        files.iter().map(|put| self.put_one(put)).collect()
    }

    fn remove(&self, names: &[String]) -> Vec<Result<(), Trouble>> {
        let remove = |name: &String| match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(trouble(error)),
            _ => Ok(()),
        };
        names.iter().map(remove).collect()
    }
}

fn below(folder: &Path, named: &str, found: &mut Vec<Listed>) -> Result<(), Trouble> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(trouble)?,
    };
    for entry in entries {
        let entry = entry.map_err(trouble)?;
        let name = entry.file_name();
        // What isn't UTF-8 isn't ours, nor is what is being written.
        let Some(name) = name.to_str().filter(|name| !name.starts_with(WRITING)) else { continue };
        let name = if named.is_empty() { name.to_owned() } else { format!("{named}/{name}") };
        match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => below(&entry.path(), &name, found)?,
            Ok(metadata) if metadata.is_file() => {
                let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                found.push(Listed {
                    name,
                    bytes: metadata.len(),
                    modified: since.map(|since| since.as_secs()),
                });
            }
            // It went meanwhile, or is neither.
            _ => {}
        }
    }
    Ok(())
}

fn trouble(error: io::Error) -> Trouble {
    match error.kind() {
        ErrorKind::NotFound => Trouble::Absent,
        // A file that was open on a network disk when another machine replaced it.
        ErrorKind::StaleNetworkFileHandle | ErrorKind::Interrupted | ErrorKind::TimedOut => {
            Trouble::Passing(error.to_string())
        }
        ErrorKind::PermissionDenied => {
            Trouble::Lasting(format!("{error}: see whose the folder is with `ls -l`"))
        }
        _ => Trouble::Lasting(error.to_string()),
    }
}

//! The life of a folder of results: `DIR.partial` while work is under way, `DIR` when it is whole.
//!
//! A process that works in `DIR.partial` holds an advisory lock on the file `lock` in it, which the system lets go of when the
//! process ends, however it ends. A folder is made under a name of its own and renamed, so that neither `DIR.partial` nor `DIR` is ever
//! seen without its manifest.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::fault::Fault;
use super::file;
use super::manifest::Manifest;

const LOCK: &str = "lock";

/// A folder that is being worked in. Nobody else works in it as long as this lives.
#[derive(Debug)]
pub struct Work {
    folder: PathBuf,
    at: PathBuf,
    _lock: File,
}

/// What there is to go on with.
#[derive(Debug)]
pub enum TakenUp {
    /// Nothing: the run is finished.
    Finished(Box<Manifest>),
    /// Work that was interrupted.
    Open(Work, Box<Manifest>),
}

/// The folder in which the work for `folder` is under way.
pub fn partial_of(folder: &Path) -> PathBuf {
    with_name(folder, |name| format!("{name}.partial"))
}

fn with_name(folder: &Path, change: impl Fn(&str) -> String) -> PathBuf {
    let name = folder.file_name().map_or_else(|| "result".into(), |name| name.to_string_lossy().into_owned());
    folder.with_file_name(change(&name))
}

impl Work {
    /// Begins a folder, with its first files inside.
    ///
    /// # Errors
    /// A [`Fault`] where it exists, somebody works in it, or it cannot be made. Nothing is left then.
    pub fn begin(folder: &Path, files: &[(&str, &[u8])]) -> Result<Self, Fault> {
        refuse_existing(folder)?;
        let at = partial_of(folder);
        let work = Self::prepare(folder, files)?;
        let moved = fs::rename(&work.at, &at);
        match moved {
            Ok(()) => Ok(Self { at, ..work }),
            Err(error) => {
                let _ = fs::remove_dir_all(&work.at);
                // Somebody else may have begun it a moment ago.
                refuse_existing(folder)?;
                Err(Fault::unwritten(&at, &error))
            }
        }
    }

    /// Begins a folder whose making needs no going on with: it appears as a whole or not at all.
    ///
    /// # Errors
    /// As [`Work::begin`].
    pub fn begin_at_once(folder: &Path) -> Result<Self, Fault> {
        refuse_existing(folder)?;
        Self::prepare(folder, &[])
    }

    fn prepare(folder: &Path, files: &[(&str, &[u8])]) -> Result<Self, Fault> {
        let at = with_name(folder, |name| format!(".{name}.{}.new", std::process::id()));
        let made = parent_of(folder).map_or(Ok(()), fs::create_dir_all).and_then(|()| {
            remove_abandoned(folder);
            fs::create_dir(&at)?;
            let lock = File::create(at.join(LOCK))?;
            lock.lock()?;
            let work = Self { folder: folder.to_path_buf(), at: at.clone(), _lock: lock };
            files.iter().try_for_each(|(name, bytes)| work.write_file(name, bytes))?;
            Ok(work)
        });
        made.map_err(|error| {
            let _ = fs::remove_dir_all(&at);
            Fault::unwritten(folder, &error)
        })
    }

    /// Goes on with a folder: one that was interrupted and published, or one whose process ended before that.
    ///
    /// # Errors
    /// A [`Fault`] where there is nothing to go on with, or another process is at it.
    pub fn take_up(folder: &Path) -> Result<TakenUp, Fault> {
        let at = partial_of(folder);
        // Another process may finish or stop just now; then what is there changes under our eyes, and we look again.
        for _ in 0..50 {
            let place = if folder.join(file::MANIFEST).exists() {
                let manifest = Manifest::read(folder)?;
                if manifest.complete {
                    return Ok(TakenUp::Finished(Box::new(manifest)));
                }
                folder
            } else if at.join(file::MANIFEST).exists() {
                &at
            } else {
                return Err(nothing_there(folder, &at));
            };
            if let Some(lock) = lock_in(place)? {
                if place == folder {
                    let back = fs::rename(folder, &at);
                    back.map_err(|error| Fault::unwritten(&at, &error))?;
                }
                let work = Self { folder: folder.to_path_buf(), at: at.clone(), _lock: lock };
                let manifest = Manifest::read(&at)?;
                return Ok(TakenUp::Open(work, Box::new(manifest)));
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Err(busy(folder))
    }

    /// Where a file of the work under way lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.at.join(name)
    }

    /// The folder as it will be called.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the work lies until it is published.
    pub fn at(&self) -> &Path {
        &self.at
    }

    /// Writes a file in one step: a reader sees the old one or the new one.
    ///
    /// # Errors
    /// A [`Fault`] where it cannot be written; the old one is still there then.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        self.write_file(name, bytes).map_err(|error| Fault::unwritten(&self.at.join(name), &error))
    }

    fn write_file(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let (path, new) = (self.at.join(name), self.at.join(format!("{name}.new")));
        let written = File::create(&new).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        let replaced = written.and_then(|()| fs::rename(&new, &path));
        if replaced.is_err() {
            let _ = fs::remove_file(&new);
        }
        replaced
    }

    /// Lets the folder appear.
    ///
    /// # Errors
    /// A [`Fault`] where it cannot be renamed; the work stays where it is.
    pub fn publish(self) -> Result<(), Fault> {
        sync_folder(&self.at);
        let _ = fs::remove_file(self.at.join(LOCK));
        fs::rename(&self.at, &self.folder).map_err(|error| {
            Fault::environment(
                format!(
                    "`{}` could not be renamed to `{}`: {error}",
                    self.at.display(),
                    self.folder.display()
                ),
                format!("the finished result is in `{}`; see what stands in its way", self.at.display()),
            )
        })?;
        if let Some(parent) = parent_of(&self.folder) {
            sync_folder(parent);
        }
        Ok(())
    }

    /// Removes the folder and all that is in it.
    pub fn discard(self) {
        let _ = fs::remove_dir_all(&self.at);
    }
}

/// Locks a folder. `None` where it has just been renamed under our eyes.
fn lock_in(place: &Path) -> Result<Option<File>, Fault> {
    let path = place.join(LOCK);
    let lock = match File::options().create(true).write(true).truncate(false).open(&path) {
        Ok(lock) => lock,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Fault::unwritten(&path, &error)),
    };
    match lock.try_lock() {
        Ok(()) if is_the_file_at(&lock, &path) && place.join(file::MANIFEST).exists() => Ok(Some(lock)),
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => Err(busy(place)),
        Err(TryLockError::Error(error)) => Err(Fault::unwritten(&path, &error)),
    }
}

/// Whether an open file is still what stands at a path.
#[cfg(unix)]
fn is_the_file_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |about: fs::Metadata| (about.dev(), about.ino());
    file.metadata().and_then(|held| Ok(id(held) == id(fs::metadata(path)?))).unwrap_or(false)
}

#[cfg(not(unix))]
fn is_the_file_at(_: &File, path: &Path) -> bool {
    path.exists()
}

fn busy(folder: &Path) -> Fault {
    Fault::environment(
        format!("another process is at work in `{}`", folder.display()),
        "wait for it, or end it; then go on",
    )
}

fn refuse_existing(folder: &Path) -> Result<(), Fault> {
    let at = partial_of(folder);
    if folder.file_name().is_none() {
        return Err(Fault::environment(
            format!("`{}` cannot be the name of a new folder", folder.display()),
            "name a new folder",
        ));
    }
    if folder.symlink_metadata().is_ok() {
        let help = match Manifest::read(folder) {
            Ok(manifest) if !manifest.complete => {
                format!("it holds an interrupted run: `handover resume {}` goes on with it", folder.display())
            }
            _ => "name a new folder, or move the old one away".to_string(),
        };
        let message =
            format!("`{}` exists already; results are never mixed or overwritten", folder.display());
        return Err(Fault::environment(message, help));
    }
    if at.symlink_metadata().is_ok() {
        if let Err(TryLockError::WouldBlock) =
            File::open(at.join(LOCK)).map_err(TryLockError::Error).and_then(|f| f.try_lock())
        {
            return Err(busy(&at));
        }
        return Err(Fault::environment(
            format!("`{}` exists already: a run that was cut short", at.display()),
            format!("`handover resume {}` goes on with it; or move it away", folder.display()),
        ));
    }
    Ok(())
}

fn nothing_there(folder: &Path, at: &Path) -> Fault {
    for place in [folder, at] {
        if place.symlink_metadata().is_ok() {
            return match Manifest::read(place) {
                Err(fault) => fault,
                Ok(_) => busy(place),
            };
        }
    }
    Fault::environment(
        format!("there is neither `{}` nor `{}` to go on with", folder.display(), at.display()),
        "name a folder given to `run --out`",
    )
}

fn parent_of(folder: &Path) -> Option<&Path> {
    folder.parent().filter(|parent| !parent.as_os_str().is_empty())
}

/// Removes folders that were being prepared for this name by processes that are no more.
fn remove_abandoned(folder: &Path) {
    let parent = parent_of(folder).unwrap_or(Path::new("."));
    let prefix = with_name(folder, |name| format!(".{name}."));
    let prefix = prefix.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let middle = name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(".new"));
        if middle.is_some_and(|pid| !pid.is_empty() && pid.bytes().all(|b| b.is_ascii_digit())) {
            let is_free = File::open(entry.path().join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok());
            if is_free {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

/// Makes a rename last through a power failure, where the system lets a folder be opened.
fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

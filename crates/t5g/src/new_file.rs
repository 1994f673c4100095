//! Files that stand under their name as a whole or not at all, for nobody's eyes but their owner's: customers' data are in
//! them. Knows nothing of their content.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rustix::fd::BorrowedFd;
use rustix::fs::{AtFlags, CWD, RenameFlags};
use rustix::io::Errno;
use rustix::path::Arg;

use crate::console;

/// How much is written at once; in between, a wish to stop is heard.
const PIECE: usize = 1 << 20;

/// A file that has another name beside its own until it is whole. Dropped before, it is removed.
#[derive(Debug)]
pub(crate) struct NewFile {
    file: File,
    folder: File,
    beside: PathBuf,
    path: PathBuf,
}

impl NewFile {
    /// Makes it, empty.
    pub(crate) fn beside(path: &Path) -> Result<Self> {
        let mut name = path.file_name().context("a file's name is needed")?.to_owned();
        name.push(format!(".{}.new", std::process::id()));
        let beside = path.with_file_name(name);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let opened = File::open(folder).with_context(|| format!("{} cannot be opened", folder.display()))?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true).mode(0o600);
        let file = options.open(&beside).with_context(|| format!("{} cannot be made", beside.display()))?;
        Ok(Self { file, folder: opened, beside, path: path.to_owned() })
    }

    /// What is to be written into.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// It is whole: it gets its name, and reaches the disk with it. What had that name is replaced.
    pub(crate) fn replace(self) -> Result<()> {
        self.named(|beside, path| std::fs::rename(beside, path))
    }

    /// The same, unless something has that name by now.
    pub(crate) fn keep(self) -> Result<()> {
        self.named(|beside, path| match rename_new(CWD, beside, path) {
            Err(Errno::EXIST) => Err(io::Error::new(ErrorKind::AlreadyExists, "something is there already")),
            done => done.map_err(io::Error::from),
        })
    }

    fn named(self, rename: impl FnOnce(&Path, &Path) -> io::Result<()>) -> Result<()> {
        let written = self
            .file
            .sync_all()
            .and_then(|()| rename(&self.beside, &self.path))
            .and_then(|()| self.folder.sync_all());
        written.with_context(|| format!("{} cannot be made", self.path.display()))
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        match std::fs::remove_file(&self.beside) {
            Ok(()) => {}
            // It has its own name by now.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => console::complain(&format!("{} is left: {error}", self.beside.display())),
        }
    }
}

/// Writes a whole file; what had its name is replaced.
pub(crate) async fn write(path: &Path, content: &[u8]) -> Result<()> {
    let new = NewFile::beside(path)?;
    for piece in content.chunks(PIECE) {
        let written = new.file().write_all(piece);
        written.with_context(|| format!("{} cannot be written", path.display()))?;
        tokio::task::yield_now().await;
    }
    new.replace()
}

/// Gives a file of the folder another name, unless something has that.
pub(crate) fn rename_new(
    folder: BorrowedFd<'_>,
    from: impl Arg + Copy,
    to: impl Arg + Copy,
) -> Result<(), Errno> {
    match rustix::fs::renameat_with(folder, from, folder, to, RenameFlags::NOREPLACE) {
        // Some file systems cannot; a second name cannot overwrite either.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            rustix::fs::linkat(folder, from, folder, to, AtFlags::empty())?;
            rustix::fs::unlinkat(folder, from, AtFlags::empty())
        }
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[tokio::test]
    async fn it_is_there_as_a_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "before").unwrap();
        write(&path, b"after").await.unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"after");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        drop(NewFile::beside(&path).unwrap());
        assert_eq!(names(folder.path()), ["a"], "what was not finished is gone");
        let occupied = folder.path().join("b");
        std::fs::create_dir(&occupied).unwrap();
        write(&occupied, b"x").await.unwrap_err();
        assert_eq!(names(folder.path()).len(), 2, "nothing is left of what failed");
    }

    #[test]
    fn what_somebody_else_put_there_meanwhile_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let new = NewFile::beside(&path).unwrap();
        new.file().write_all(b"mine").unwrap();
        std::fs::write(&path, "theirs").unwrap();
        let error = format!("{:#}", new.keep().unwrap_err());
        assert!(error.contains("already"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"theirs");
        assert_eq!(names(folder.path()), ["a"]);
        std::fs::remove_file(&path).unwrap();
        NewFile::beside(&path).unwrap().keep().unwrap();
        assert_eq!(names(folder.path()), ["a"]);
    }
}

//! The folder that files go into. It is opened once, and every file in it by its name from there: no link is followed,
//! nothing outside is touched, and nothing that is there is overwritten.

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use super::names::PART;
use crate::new_file::rename_new;

/// An open folder.
#[derive(Debug)]
pub(super) struct Folder {
    folder: File,
    path: PathBuf,
}

impl Folder {
    /// Opens the folder, and makes it if it is not there.
    pub(super) fn open(path: &Path) -> Result<Self> {
        std::fs::create_dir_all(path)
            .with_context(|| format!("the folder {} cannot be made", path.display()))?;
        let folder =
            File::open(path).with_context(|| format!("the folder {} cannot be opened", path.display()))?;
        if !folder.metadata()?.is_dir() {
            bail!("{} is no folder", path.display());
        }
        Ok(Self { folder, path: path.to_owned() })
    }

    /// The whole file of that name, if there is one, to be read.
    pub(super) fn whole(&self, name: &str) -> Result<Option<File>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        match rustix::fs::openat(&self.folder, name, flags, Mode::empty()) {
            Ok(file) => self.regular(name, File::from(file)).map(Some),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(self.explain(name, error)),
        }
    }

    /// The file that is not whole yet, to be read and written; empty if it is new.
    pub(super) fn part(&self, name: &str) -> Result<File> {
        let name = format!("{name}{PART}");
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = rustix::fs::openat(&self.folder, &name, flags, Mode::from_raw_mode(0o600));
        self.regular(&name, File::from(file.map_err(|error| self.explain(&name, error))?))
    }

    /// The part is whole: it gets its name, unless something has that name meanwhile.
    pub(super) fn finish(&self, name: &str) -> Result<()> {
        let part = format!("{name}{PART}");
        let folder = self.folder.as_fd();
        rename_new(folder, part.as_str(), name).map_err(|error| self.explain(name, error))?;
        // So that the name outlives a crash as the bytes do.
        Ok(self.folder.sync_all()?)
    }

    /// Takes away a part that is of no use.
    pub(super) fn discard(&self, name: &str) -> Result<()> {
        let part = format!("{name}{PART}");
        match rustix::fs::unlinkat(&self.folder, &part, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(self.explain(&part, error)),
        }
    }

    fn regular(&self, name: &str, file: File) -> Result<File> {
        if !file.metadata()?.is_file() {
            bail!("{} is no file; move it away, or choose another folder", self.path.join(name).display());
        }
        Ok(file)
    }

    fn explain(&self, name: &str, error: Errno) -> anyhow::Error {
        let path = self.path.join(name).display().to_string();
        match error {
            Errno::LOOP => anyhow::anyhow!(
                "{path} is a link, which is not followed; move it away, or choose another folder"
            ),
            Errno::EXIST => anyhow::anyhow!("{path} is there already; it is not overwritten"),
            error => anyhow::Error::new(io::Error::from(error)).context(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::*;

    #[test]
    fn parts_become_whole_and_nothing_is_overwritten() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::open(&temporary.path().join("a/b")).unwrap();
        assert!(folder.whole("x").unwrap().is_none());
        folder.part("x").unwrap().write_all(b"one").unwrap();
        folder.finish("x").unwrap();
        let mut text = String::new();
        folder.whole("x").unwrap().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "one");
        folder.part("x").unwrap().write_all(b"two").unwrap();
        let error = folder.finish("x").unwrap_err().to_string();
        assert!(error.contains("not overwritten"), "{error}");
        folder.discard("x").unwrap();
        folder.discard("x").unwrap();
        assert_eq!(std::fs::read(temporary.path().join("a/b/x")).unwrap(), b"one");
    }

    #[test]
    fn links_and_what_is_no_file_are_not_followed() {
        let temporary = tempfile::tempdir().unwrap();
        let outside = temporary.path().join("outside");
        std::fs::write(&outside, "precious").unwrap();
        let inside = temporary.path().join("inside");
        let folder = Folder::open(&inside).unwrap();
        std::os::unix::fs::symlink(&outside, inside.join("x")).unwrap();
        std::os::unix::fs::symlink(&outside, inside.join("y.part")).unwrap();
        std::os::unix::fs::symlink(temporary.path().join("new"), inside.join("z.part")).unwrap();
        assert!(folder.whole("x").unwrap_err().to_string().contains("link"));
        for name in ["y", "z"] {
            assert!(folder.part(name).unwrap_err().to_string().contains("link"), "{name}");
        }
        folder.part("x").unwrap().write_all(b"evil").unwrap();
        assert!(folder.finish("x").is_err());
        std::fs::create_dir(inside.join("d.part")).unwrap();
        assert!(folder.part("d").is_err());
        assert_eq!(std::fs::read(outside).unwrap(), b"precious");
        assert!(!temporary.path().join("new").exists());
    }
}

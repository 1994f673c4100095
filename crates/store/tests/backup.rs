//! Backups: from each kind of store into each, while others write, damaged, of other versions.

#[cfg(test)]
#[path = "backup/bed.rs"]
mod bed;
#[cfg(test)]
#[path = "backup/file.rs"]
mod file;
#[cfg(test)]
#[path = "backup/suite.rs"]
mod suite;

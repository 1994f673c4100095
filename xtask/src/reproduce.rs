//! Builds a commit twice, from nothing, in two folders, and compares the programs byte by byte. Whoever has the same
//! compiler can do the same and compare with what was published. Takes two whole release builds.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::{need, sh};

/// What differs between the two: depth and length of the path, time zone, language, and how much is done at once.
const BUILDS: [Build; 2] = [
    Build { folder: "one", zone: "UTC", language: "C.UTF-8", jobs: None },
    Build {
        folder: "another/place/with-a-longer-name",
        zone: "Asia/Kathmandu",
        language: "C",
        jobs: Some("1"),
    },
];

struct Build {
    folder: &'static str,
    zone: &'static str,
    language: &'static str,
    jobs: Option<&'static str>,
}

/// `cargo xtask reproduce [COMMIT]`
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let commit = match arguments {
        [] => "HEAD",
        [commit] if !commit.starts_with('-') => commit,
        _ => bail!("one commit is expected, or nothing for the one at hand"),
    };
    need::for_builds()?;
    // Whatever is committed while the first one is built, the second one is of the same.
    let named = format!("{commit}^{{commit}}");
    let commit = sh::output(sh::command("git").args(["rev-parse", "--verify", &named]))?;
    let commit = commit.trim();
    let top = sh::target().join("reproduce");
    let programs = BUILDS
        .iter()
        .map(|build| made(build, commit, &top).with_context(|| format!("the build in {}", build.folder)))
        .collect::<Result<Vec<PathBuf>>>()?;
    let mut sums = sh::command("sha256sum");
    eprint!("{}", sh::output(sums.args(&programs))?);
    let read = |path: &PathBuf| std::fs::read(path).with_context(|| path.display().to_string());
    let bytes = programs.iter().map(read).collect::<Result<Vec<_>>>()?;
    let [one, other] = bytes.as_slice() else { bail!("two programs are compared") };
    if let Some(place) = first_difference(one, other) {
        bail!("the programs differ from byte {place} on; both are kept in {}", top.display());
    }
    std::fs::remove_dir_all(&top).with_context(|| format!("{} cannot be removed", top.display()))?;
    eprintln!("two builds of {commit} in two folders are the same, byte by byte ({} bytes)", one.len());
    Ok(())
}

/// The program, built of what the commit holds and nothing else.
fn made(build: &Build, commit: &str, top: &Path) -> Result<PathBuf> {
    let folder = top.join(build.folder);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let unpack = "git archive \"$1\" | tar -x -C \"$2\"";
    sh::run(sh::command("sh").args(["-ec", unpack, "sh", commit]).arg(&folder))?;
    let frontend = folder.join("frontend");
    sh::run(sh::command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&frontend))?;
    sh::run(sh::command("npm").args(["run", "build"]).current_dir(&frontend))?;
    let time = sh::output(sh::command("git").args(["show", "--no-patch", "--format=%ct", commit]))?;
    let mut cargo = sh::command("cargo");
    cargo
        .args(["build", "--release", "--locked", "--workspace", "--bin", "t5g"])
        .args(build.jobs.into_iter().flat_map(|jobs| ["--jobs", jobs]))
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTFLAGS", flags(&folder)?)
        .env("SOURCE_DATE_EPOCH", time.trim())
        .env("TZ", build.zone)
        .env("LC_ALL", build.language);
    sh::run(&mut cargo)?;
    Ok(folder.join("target/release/t5g"))
}

/// Neither the folder nor cargo's own belongs into the program.
fn flags(folder: &Path) -> Result<String> {
    let home = match (std::env::var_os("CARGO_HOME"), std::env::var_os("HOME")) {
        (Some(home), _) => PathBuf::from(home),
        (None, Some(home)) => Path::new(&home).join(".cargo"),
        (None, None) => bail!("neither CARGO_HOME nor HOME is set"),
    };
    let [folder, home] = [folder, &home].map(|path| path.display().to_string());
    if folder.contains(char::is_whitespace) || home.contains(char::is_whitespace) {
        bail!("folders with blanks in their names cannot be told to the compiler: {folder}, {home}");
    }
    Ok(format!("--remap-path-prefix={folder}=. --remap-path-prefix={home}=cargo"))
}

fn first_difference(one: &[u8], other: &[u8]) -> Option<usize> {
    let common = one.iter().zip(other).position(|(a, b)| a != b);
    common.or_else(|| (one.len() != other.len()).then(|| one.len().min(other.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_found() {
        assert_eq!(first_difference(b"abc", b"abc"), None);
        assert_eq!(first_difference(b"abc", b"abd"), Some(2));
        assert_eq!(first_difference(b"abc", b"ab"), Some(2));
        assert_eq!(first_difference(b"", b"a"), Some(0));
    }

    #[test]
    fn both_folders_are_kept_out_of_the_program() {
        let flags = flags(Path::new("/somewhere/else")).unwrap();
        assert!(flags.starts_with("--remap-path-prefix=/somewhere/else=. --remap-path-prefix="), "{flags}");
    }
}

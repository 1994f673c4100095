//! Runs other programs in the repository, and says so.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// The repository's folder. Cargo tells at run time: with one target directory for several clones, what was
/// known at compile time may be another clone.
pub(crate) fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR");
    let package = package.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package.parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// How the variables begin in which cargo tells a program of its package.
const OF_PACKAGE: [&str; 2] = ["CARGO_PKG_", "CARGO_MANIFEST_"];

/// A program to be run in the repository's folder.
pub(crate) fn command(program: &str) -> Command {
    let cargo = std::env::var_os("CARGO").filter(|_| program == "cargo");
    let mut command = Command::new(cargo.as_deref().unwrap_or(OsStr::new(program)));
    command.current_dir(root());
    // What cargo told us of this package must not reach other packages' build scripts: some watch it, and everything
    // above them would be built anew whenever cargo is called by hand.
    let told = std::env::vars_os().map(|(name, _)| name);
    let told = told
        .filter(|name| name.to_str().is_some_and(|name| OF_PACKAGE.iter().any(|of| name.starts_with(of))));
    for name in told {
        command.env_remove(name);
    }
    command
}

/// Runs it with our own streams; its failure is ours.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line(command);
    eprintln!("$ {line}");
    let status = command.status().with_context(|| format!("{line}: cannot be started"))?;
    if !status.success() {
        bail!("{line}: {status}");
    }
    Ok(())
}

/// The same for what could hang: past `limit` it and its children are killed, and that is its failure.
pub(crate) fn run_within(limit: Duration, command: &mut Command) -> Result<()> {
    let line = line(command);
    eprintln!("$ {line}");
    let mut child = command.process_group(0).spawn().with_context(|| format!("{line}: cannot be started"))?;
    let begin = Instant::now();
    loop {
        match child.try_wait().with_context(|| format!("{line}: cannot be waited for"))? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => bail!("{line}: {status}"),
            None if begin.elapsed() < limit => std::thread::sleep(Duration::from_millis(100)),
            None => break,
        }
    }
    call("kill", &["-KILL", "--", &format!("-{}", child.id())])?;
    child.wait().with_context(|| format!("{line}: cannot be waited for"))?;
    bail!("{line}: still ran after {} minutes and was killed", limit.as_secs() / 60);
}

/// `run`, given as one program and its arguments.
pub(crate) fn call(program: &str, arguments: &[&str]) -> Result<()> {
    run(command(program).args(arguments))
}

/// Runs it and gives what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = line(command);
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("{line}: cannot be started"))?;
    if !output.status.success() {
        bail!("{line}: {}", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("{line}: printed something that is not text"))
}

/// A program for administrators, which is not on everybody's path.
pub(crate) fn administrators(program: &str) -> String {
    let path = Path::new("/usr/sbin").join(program);
    if path.exists() { path.to_string_lossy().into_owned() } else { program.to_owned() }
}

/// Whether the program can be run and answers with success.
pub(crate) fn works(program: &str, arguments: &[&str]) -> bool {
    let quiet = command(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}

/// The command as one would type it.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy();
    let arguments = command.get_args().map(OsStr::to_string_lossy);
    std::iter::once(program).chain(arguments).collect::<Vec<_>>().join(" ")
}

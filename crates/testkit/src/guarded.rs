//! A child process that ends, and whose folder goes, with the value that holds it or with this process,
//! even when this process is killed: a small shell waits on a pipe that closes then.

use std::io::{ErrorKind, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;

/// Starts "$@" and waits for its end, or for a line or the end of standard input: then it stops the server
/// with the given signal. The end of standard input without the line `keep` means that the process that
/// started us is dead: then the folder goes too.
const GUARD: &str = r#"
signal=$1 folder=$2; shift 2
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(
    word=
    read -r word <&3
    [ "$word" = keep ] || : >"$folder.orphan"
    kill -s "$signal" "$server" 2>/dev/null
) &
listener=$!
wait "$server"
status=$?
kill "$listener" 2>/dev/null
[ ! -e "$folder.orphan" ] || rm -rf "$folder" "$folder.orphan"
exit "$status"
"#;

/// Signal, and what it means to the server.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signal {
    /// Dies at once.
    Kill,
    /// PostgreSQL's immediate shutdown: it cleans up its shared memory.
    Quit,
}

impl Signal {
    const fn name(self) -> &'static str {
        match self {
            Self::Kill => "KILL",
            Self::Quit => "QUIT",
        }
    }
}

/// A running child.
#[derive(Debug)]
pub(crate) struct Guarded {
    guard: Child,
}

impl Guarded {
    /// Starts `command` with its output in `log`. `folder` is removed if this process dies first.
    pub(crate) fn start(
        command: &[String],
        signal: Signal,
        folder: &Path,
        log: &Path,
    ) -> anyhow::Result<Self> {
        let output = std::fs::File::options()
            .create(true)
            .append(true)
            .open(log)
            .with_context(|| format!("opening {}", log.display()))?;
        let guard = Command::new("/bin/sh")
            .args(["-c", GUARD, "guard", signal.name()])
            .arg(folder)
            .args(command)
            // What interrupts the tests does not interrupt the guard: it sees their end by itself.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .context("starting /bin/sh")?;
        Ok(Self { guard })
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> anyhow::Result<bool> {
        Ok(self.guard.try_wait().context("asking for a server's state")?.is_some())
    }

    /// Stops it and waits for its end.
    pub(crate) fn stop(&mut self) -> anyhow::Result<()> {
        if let Some(mut input) = self.guard.stdin.take() {
            match input.write_all(b"keep\n") {
                // Nobody reads any more: it has ended by itself.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
                written => written.context("asking a server to stop")?,
            }
        }
        self.guard.wait().context("waiting for a server's end").map(drop)
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            // A destructor has nobody to return it to.
            report(&format!("a test server did not stop: {error:#}"));
        }
    }
}

#[expect(clippy::print_stderr, reason = "this room serves tests; their output is where people look")]
fn report(message: &str) {
    eprintln!("{message}");
}

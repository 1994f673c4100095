//! Lets the product run as in a container without one: read-only root, another user, a memory limit, as far as this
//! machine allows.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;

/// Debian's unprivileged user.
const NOBODY: u32 = 65_534;

/// How the product is started.
pub(crate) struct Confined {
    script: Option<PathBuf>,
    group: Option<PathBuf>,
    // Holds the script; goes with this.
    _folder: tempfile::TempDir,
    told: String,
}

impl Confined {
    /// Prepares a start that may write into `home` alone.
    pub(crate) async fn new(home: &Path, limit: u64) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let group = group(limit).await;
        let memory = match &group {
            Some(_) => format!("memory limit {} MB by the kernel", limit / 1_048_576),
            None => "NOT SHOWN: no memory limit by the kernel can be set here; the peak is looked at instead"
                .to_owned(),
        };
        if !sh("unshare --mount --propagation private sh -c 'mount --bind / / && setpriv --version'").await {
            let told = format!("NOT SHOWN: read-only root and another user (needs root and mount); {memory}");
            return Ok(Self { script: None, _folder: folder, group, told });
        }
        let binary = t5g_e2e::binary()?;
        // Another user has to be able to run it, and to write into its own folder.
        let program = folder.path().join("t5g");
        std::fs::copy(&binary, &program).with_context(|| binary.display().to_string())?;
        for (path, mode) in [(folder.path(), "0755"), (program.as_path(), "0755"), (home, "0700")] {
            ensure!(sh(&format!("chmod {mode} '{}'", path.display())).await, "chmod");
        }
        ensure!(sh(&format!("chown {NOBODY}:{NOBODY} '{}'", home.display())).await, "chown");
        let (home, program) = (home.display(), program.display());
        let join = group
            .as_ref()
            .map_or_else(String::new, |group| format!("echo $$ > '{}/cgroup.procs'\n", group.display()));
        // What this machine mounts elsewhere, such as /tmp, goes read-only as well; the product's folder stays.
        let inside = format!(
            "mount --bind '{home}' '{home}' && mount -o remount,ro,bind / && \
             for at in $(awk '{{print $2}}' /proc/mounts | grep -Ev '^(/|/proc.*|/sys.*|/dev.*|{home})$'); do \
             mount -o remount,ro,bind \"$at\" 2>/dev/null || true; done; \
             if touch /t5g-soak 2>/dev/null || touch '{}/x' 2>/dev/null; then echo 'the root can be written' >&2; exit 9; fi; \
             exec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups --inh-caps=-all --no-new-privs '{program}' \"$@\"",
            folder.path().display()
        );
        let text = format!(
            "#!/bin/sh\n{join}exec unshare --mount --propagation private sh -c {} sh \"$@\"\n",
            quoted(&inside)
        );
        let script = folder.path().join("start");
        std::fs::write(&script, text)?;
        ensure!(sh(&format!("chmod 0755 '{}'", script.display())).await, "chmod");
        let told = format!("read-only root, user {NOBODY}, {memory}");
        Ok(Self { script: Some(script), _folder: folder, group, told })
    }

    /// What to start in place of the product.
    pub(crate) fn program(&self) -> Option<&Path> {
        self.script.as_deref()
    }

    /// What holds, for people.
    pub(crate) fn told(&self) -> &str {
        &self.told
    }
}

impl Drop for Confined {
    fn drop(&mut self) {
        if let Some(group) = &self.group
            && let Err(error) = std::fs::remove_dir(group)
        {
            eprintln!("{} is left ({error}); remove it by hand", group.display());
        }
    }
}

/// A group of processes with that limit, in the newer or the older way, if this machine lets us make one.
async fn group(limit: u64) -> Option<PathBuf> {
    for (place, file) in
        [("/sys/fs/cgroup", "memory.max"), ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")]
    {
        let group = Path::new(place).join(format!("t5g-soak-{}", std::process::id()));
        if tokio::fs::create_dir(&group).await.is_err() {
            continue;
        }
        let there = tokio::fs::try_exists(group.join(file)).await.unwrap_or(false);
        if there && tokio::fs::write(group.join(file), limit.to_string()).await.is_ok() {
            return Some(group);
        }
        tokio::fs::remove_dir(&group).await.ok()?;
    }
    None
}

async fn sh(script: &str) -> bool {
    let mut command = Command::new("sh");
    command.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().await.is_ok_and(|status| status.success())
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

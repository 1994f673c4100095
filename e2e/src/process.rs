//! What the kernel tells of a process: memory, processor time. Linux only.

use anyhow::{Context as _, Result};

/// Clock ticks a second in `/proc`, which are the same on all of Linux.
const TICKS: f64 = 100.0;

/// A process's memory in MB (10⁶ bytes).
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Resident now.
    pub resident: f64,
    /// The most that was ever resident.
    pub peak: f64,
}

/// A running process's memory.
pub fn memory(pid: u32) -> Result<Memory> {
    let status = read(pid, "status")?;
    let field = |name: &str| -> Result<f64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kib: f64 = line.with_context(|| format!("no {name}"))?.trim().trim_end_matches(" kB").parse()?;
        Ok(kib * 1024.0 / 1e6)
    };
    Ok(Memory { resident: field("VmRSS")?, peak: field("VmHWM")? })
}

/// Seconds of processor time that a running process has used, in itself and for it in the kernel.
pub fn processor_time(pid: u32) -> Result<f64> {
    let stat = read(pid, "stat")?;
    // The second field, the name in parentheses, may hold anything; user and system time are the 14th and 15th.
    let (_, after) = stat.rsplit_once(')').context("no name in stat")?;
    let mut fields = after.split_whitespace().skip(11);
    let mut ticks = || -> Result<f64> { Ok(fields.next().context("too few fields in stat")?.parse()?) };
    Ok((ticks()? + ticks()?) / TICKS)
}

#[expect(clippy::disallowed_methods, reason = "the kernel's files have a few dozen lines")]
fn read(pid: u32, file: &str) -> Result<String> {
    let path = format!("/proc/{pid}/{file}");
    std::fs::read_to_string(&path).context(path)
}

//! What the system tells of this process: memory, processor time, when it began. Where there is no `/proc`, nothing is
//! told.

use metrics::{counter, gauge};

/// The longest file of `/proc` that is read here, in bytes: one of them has a number for each interrupt.
const MOST: usize = 1 << 20;

/// Clock ticks a second in `/proc`, which are the same on all of Linux.
const TICKS: u64 = 100;

/// Tells it as it is now.
pub(crate) async fn tell() {
    if let Some(bytes) = read("/proc/self/status").await.as_deref().and_then(resident) {
        gauge!("t5g_process_resident_memory_bytes").set(bytes as f64);
    }
    let Some(times) = read("/proc/self/stat").await.as_deref().and_then(times) else { return };
    counter!("t5g_process_cpu_seconds_total").absolute(times.used / TICKS);
    if let Some(booted) = read("/proc/stat").await.as_deref().and_then(booted) {
        gauge!("t5g_process_start_timestamp_seconds").set((booted + times.begun / TICKS) as f64);
    }
}

async fn read(path: &str) -> Option<String> {
    let bytes = tokio::fs::read(path).await.ok().filter(|bytes| bytes.len() <= MOST)?;
    String::from_utf8(bytes).ok()
}

/// Resident memory in bytes.
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok()?.checked_mul(1_024)
}

/// In ticks.
#[derive(Debug, PartialEq, Eq)]
struct Times {
    /// Processor time, in the process and for it in the kernel.
    used: u64,
    /// From the machine's start to the process's.
    begun: u64,
}

/// Fields 14, 15 and 22 of a process's `stat`, see proc(5); its name, in parentheses, may hold anything.
fn times(stat: &str) -> Option<Times> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let (own, kernel) = (fields.nth(11)?.parse::<u64>().ok()?, fields.next()?.parse().ok()?);
    Some(Times { used: own.checked_add(kernel)?, begun: fields.nth(6)?.parse().ok()? })
}

/// When the machine started, in seconds since 1970.
fn booted(stat: &str) -> Option<u64> {
    stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_files_are_read_whatever_the_name_is() {
        let stat = "12 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 250 150 13 14 15 16 17 18 4711 20";
        assert_eq!(times(stat), Some(Times { used: 400, begun: 4_711 }));
        assert_eq!(times("12 (a) S 1 2"), None);
        assert_eq!(resident("Name:\tt5g\nVmRSS:\t   2048 kB\nVmData: 1 kB\n"), Some(2_097_152));
        assert_eq!(resident("VmRSS: many"), None);
        assert_eq!(booted("cpu 1 2\nbtime 1700000000\nprocesses 5\n"), Some(1_700_000_000));
    }
}

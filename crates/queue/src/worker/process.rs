//! Who this process is among those of its machine, and whether another one has ended: then its runs need not wait
//! for their leases. Where the system does not tell (no `/proc`, another machine, another container), leases do.

use tokio::fs;

/// The longest file of `/proc` that is read here, in bytes.
const MOST: usize = 4_096;

/// A process: which boot of which machine, which space of process ids, which id, begun when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProcessMark {
    boot: String,
    space: String,
    id: u32,
    begun: u64,
}

impl ProcessMark {
    /// This process; `None` where the system does not tell.
    pub(crate) async fn own() -> Option<Self> {
        let boot = read("/proc/sys/kernel/random/boot_id").await?.trim().to_owned();
        let space = fs::read_link("/proc/self/ns/pid").await.ok()?.to_str()?.to_owned();
        let id = std::process::id();
        let (_, begun) = stat(&read(&format!("/proc/{id}/stat")).await?)?;
        Some(Self { boot, space, id, begun })
    }

    /// As kept in the ledger.
    pub(crate) fn to_text(&self) -> String {
        format!("{}/{}/{}/{}", self.boot, self.space, self.id, self.begun)
    }

    /// From the ledger.
    fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let mut part = || parts.next();
        let (boot, space) = (part()?.to_owned(), part()?.to_owned());
        let (id, begun) = (part()?.parse().ok()?, part()?.parse().ok()?);
        Some(Self { boot, space, id, begun })
    }

    /// Whether the process of that text has surely ended: it ran where we run, and is no more.
    pub(crate) async fn has_ended(&self, other: &str) -> bool {
        let Some(other) = Self::from_text(other) else { return false };
        if (&other.boot, &other.space) != (&self.boot, &self.space) {
            return false;
        }
        match fs::read(format!("/proc/{}/stat", other.id)).await {
            Ok(bytes) => {
                let known = std::str::from_utf8(&bytes).ok().and_then(stat);
                // A zombie runs no more; a process that began later is another one with the same id.
                known.is_some_and(|(state, begun)| matches!(state, 'Z' | 'X') || begun != other.begun)
            }
            // Where only one's own processes are shown (`hidepid`), others' look as if they had ended.
            Err(error) => error.kind() == std::io::ErrorKind::NotFound && shows_all().await,
        }
    }
}

/// Whether `/proc` shows every process: the first one is another user's, or this one's own in a container.
async fn shows_all() -> bool {
    fs::metadata("/proc/1/stat").await.is_ok()
}

async fn read(path: &str) -> Option<String> {
    let bytes = fs::read(path).await.ok().filter(|bytes| bytes.len() <= MOST)?;
    String::from_utf8(bytes).ok()
}

/// State and begin of a process (fields 3 and 22 of its `stat`, see proc(5)); its name, in parentheses, may hold
/// anything.
fn stat(text: &str) -> Option<(char, u64)> {
    let (_, rest) = text.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let state = fields.next()?.chars().next()?;
    Some((state, fields.nth(18)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stat_is_read_whatever_the_name_is() {
        let rest = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20";
        assert_eq!(stat(&format!("12 (a) b (c) {rest}")), Some(('S', 4711)));
        assert_eq!(stat("12 (a"), None);
        assert_eq!(stat("12 (a) S 1 2"), None);
    }

    #[tokio::test]
    async fn this_process_lives_and_others_are_told_from_it() {
        let own = ProcessMark::own().await.unwrap();
        assert_eq!(ProcessMark::from_text(&own.to_text()), Some(own.clone()));
        assert!(!own.has_ended(&own.to_text()).await);
        let earlier = ProcessMark { begun: own.begun - 1, ..own.clone() };
        assert!(own.has_ended(&earlier.to_text()).await, "another one with the same id");
        let elsewhere = ProcessMark { boot: "another".into(), ..earlier };
        assert!(!own.has_ended(&elsewhere.to_text()).await);
        assert!(!own.has_ended("").await);
    }

    #[tokio::test]
    async fn a_child_that_ended_is_known_to_have() {
        let own = ProcessMark::own().await.unwrap();
        let mut child = tokio::process::Command::new("sleep").arg("60").kill_on_drop(true).spawn().unwrap();
        let id = child.id().unwrap();
        let (_, begun) = stat(&read(&format!("/proc/{id}/stat")).await.unwrap()).unwrap();
        let mark = ProcessMark { id, begun, ..own.clone() }.to_text();
        assert!(!own.has_ended(&mark).await);
        child.kill().await.unwrap();
        assert!(own.has_ended(&mark).await);
    }
}

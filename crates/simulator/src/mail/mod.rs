//! A mail server that keeps every letter and delivers none: for reading what the product would have sent. It can go
//! wrong in the ways of mail servers; the rules are those of `/_sim/faults`, under the addresses `/smtp/…`.

mod letter;
mod talk;

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

pub(crate) use self::letter::Letter;
use crate::state::Shared;

/// The name that may log in, and its password. Who does not log in is served as well.
pub(crate) const LOGIN: &str = "t5g";
pub(crate) const PASSWORD: &str = "simulated-mail-password";
/// The addresses in the environment.
pub(crate) const FROM: &str = "t5g@field.example";
pub(crate) const TEAM: &str = "field-team@field.example";
pub(crate) const ALERTS: &str = "field-alerts@field.example";
pub(crate) const BUGS: &str = "field-bugs@field.example";

/// How many letters are kept; older ones go.
const KEPT: usize = 5_000;
/// How much all letters kept may take, in bytes.
const MOST_BYTES: usize = 256 << 20;
/// Conversations at once.
const CONVERSATIONS: usize = 64;

/// A letter that was taken.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Taken {
    /// Counts from 1 and never repeats.
    pub(crate) number: u64,
    pub(crate) at: DateTime<Utc>,
    /// As whom: the login, or nobody.
    pub(crate) by: Option<String>,
    pub(crate) from: String,
    /// The recipients that were accepted.
    pub(crate) to: Vec<String>,
    #[serde(flatten)]
    pub(crate) letter: Letter,
    #[serde(skip)]
    size: usize,
}

/// The letters that were taken, oldest first.
#[derive(Debug, Default)]
pub(crate) struct MailBox {
    total: u64,
    bytes: usize,
    letters: VecDeque<Taken>,
}

impl MailBox {
    /// Keeps a letter; whether it is the first with its id.
    pub(crate) fn keep(&mut self, mut taken: Taken) -> bool {
        self.total += 1;
        taken.number = self.total;
        taken.size = taken.letter.size();
        let id = taken.letter.message_id();
        let new = id.is_none() || self.letters.iter().all(|known| known.letter.message_id() != id);
        self.bytes += taken.size;
        self.letters.push_back(taken);
        while self.letters.len() > KEPT || self.bytes > MOST_BYTES {
            let Some(gone) = self.letters.pop_front() else { break };
            self.bytes -= gone.size;
        }
        new
    }

    pub(crate) fn letters(&self) -> &VecDeque<Taken> {
        &self.letters
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }
}

impl Taken {
    pub(crate) fn new(
        at: DateTime<Utc>,
        by: Option<String>,
        from: String,
        to: Vec<String>,
        data: &[u8],
    ) -> Self {
        Self { number: 0, at, by, from, to, letter: Letter::read(data), size: 0 }
    }
}

/// Takes conversations until it is dropped.
pub(crate) async fn serve(listener: TcpListener, sim: Shared) {
    let places = Arc::new(Semaphore::new(CONVERSATIONS));
    // Those under way end with this.
    let mut under_way = JoinSet::new();
    loop {
        let (stream, place) = match (listener.accept().await, Arc::clone(&places).acquire_owned().await) {
            (Ok((stream, _)), Ok(place)) => (stream, place),
            (Err(error), _) => {
                tracing::debug!(%error, "a mail connection failed");
                continue;
            }
            (_, Err(_)) => return,
        };
        let sim = sim.clone();
        under_way.spawn(async move {
            if let Err(error) = talk::converse(stream, &sim).await {
                tracing::debug!(%error, "a mail conversation ended early");
            }
            drop(place);
        });
        while under_way.try_join_next().is_some() {}
    }
}

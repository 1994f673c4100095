//! What a simulator is started with.

use std::net::SocketAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use t5g_model::clock::Clock;

/// Which Jira is played under `/jira`; `/jira-cloud` and `/jira-dc` always play the one they name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flavour {
    /// Jira Cloud: Basic authentication, accounts by id, search by page token.
    #[default]
    Cloud,
    /// Jira Data Center: bearer token, users by name, search by offset.
    DataCenter,
}

/// What moves the world's time.
#[derive(Debug, Clone)]
pub enum TimeKeeping {
    /// Only `advance`: for tests that move the product's clock as well.
    Moved,
    /// The real clock; what happens in advanced hours is stamped with the moment of the advance.
    Real(Clock),
}

/// What determines the world.
#[derive(Debug, Clone)]
pub struct WorldSettings {
    /// The same seed gives the same world.
    pub seed: u64,
    /// Cases at the start; 1 to [`WorldSettings::MOST_CASES`].
    pub cases: u32,
    /// When the world's history ends and its life begins.
    pub start: DateTime<Utc>,
    /// Whether somebody makes a card for cases opened later; off where the product is to make them.
    pub auto_cards: bool,
}

impl WorldSettings {
    /// The largest world.
    pub const MOST_CASES: u32 = 200_000;
}

/// Everything a simulator is started with.
#[derive(Debug, Clone)]
pub struct SimulatorSettings {
    /// The world.
    pub world: WorldSettings,
    /// What moves its time.
    pub time: TimeKeeping,
    /// Where to listen: a loopback address, port 0 for any free one.
    pub listen: SocketAddr,
    /// Where to take mail: a loopback address, port 0 for any free one.
    pub mail_listen: SocketAddr,
    /// Which Jira answers under `/jira`.
    pub flavour: Flavour,
    /// How long an access token of the token service lives.
    pub token_lifetime: Duration,
}

impl SimulatorSettings {
    /// A world of that seed and size on a free port, whose time is moved by hand.
    pub fn moved(seed: u64, cases: u32, start: DateTime<Utc>) -> Self {
        Self {
            world: WorldSettings { seed, cases, start, auto_cards: true },
            time: TimeKeeping::Moved,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            mail_listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            flavour: Flavour::Cloud,
            token_lifetime: Duration::from_mins(15),
        }
    }

    /// A world of that seed and size on a free port, living on `clock` from its current time on.
    pub fn real(seed: u64, cases: u32, clock: Clock) -> Self {
        let start = clock.now();
        Self { time: TimeKeeping::Real(clock), ..Self::moved(seed, cases, start) }
    }
}

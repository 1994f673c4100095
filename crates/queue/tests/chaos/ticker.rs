//! Moves the clock on, minute by minute, each as soon as the tick of the last one was noticed: a tick that does not
//! come is one that was lost.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::stage::{Stage, ahead, real, turn};
use crate::support::house::PATIENCE;

pub(super) struct Ticker {
    stop: CancellationToken,
    ticking: JoinHandle<Vec<DateTime<Utc>>>,
}

impl Ticker {
    pub(super) fn start(stage: Arc<Stage>) -> Self {
        let stop = CancellationToken::new();
        let ticking = tokio::spawn(tick(stage, stop.clone()));
        Self { stop, ticking }
    }

    /// The minutes whose ticks must have fired.
    pub(super) async fn stop(self) -> Vec<DateTime<Utc>> {
        self.stop.cancel();
        self.ticking.await.unwrap()
    }
}

async fn tick(stage: Arc<Stage>, stop: CancellationToken) -> Vec<DateTime<Utc>> {
    let (file, minute) = (stage.clock_file(), TimeDelta::minutes(1));
    let known = "SELECT COUNT(*) AS n FROM schedules";
    while stage.number(known).await == 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut minutes = Vec::new();
    while !stop.is_cancelled() {
        let (now, ahead_by) = (real(), ahead(&file));
        let next = (now + ahead_by).duration_trunc(minute).unwrap() + minute;
        minutes.push(next);
        turn(&file, next + TimeDelta::seconds(1) - now);
        let noticed = format!("SELECT COUNT(*) AS n FROM ticks WHERE tick = {}", next.timestamp_millis());
        let begun = tokio::time::Instant::now();
        while stage.number(&noticed).await == 0 {
            assert!(begun.elapsed() < PATIENCE, "nobody noticed the tick of {next}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    minutes
}

//! What happens to processes, servers and wires, and in between: asking for work.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use rand::Rng as _;
use rand::rngs::StdRng;
use tokio::time::{Instant, sleep};

use super::cast::Cast;
use super::stage::{Servers, Stage};
use super::work::LEASE;

/// How long all may take to come to an end once nothing happens any more.
const TO_THE_END: Duration = Duration::from_mins(5);

pub(super) struct Faults {
    pub(super) stage: Arc<Stage>,
    pub(super) cast: Cast,
    pub(super) dice: StdRng,
    pub(super) left: u64,
}

impl Faults {
    /// All of them, while work of these numbers is asked for.
    pub(super) async fn play(&mut self, runs: u64) {
        self.cast.enter(&self.stage);
        let (stage, count) = (Arc::clone(&self.stage), self.left);
        let asking = tokio::spawn(async move {
            let pause = Duration::from_millis(1_200).mul_f64(count as f64 / runs as f64);
            for number in 0..runs {
                stage.ask(number).await;
                sleep(pause).await;
            }
        });
        self.pause(2_000).await;
        while self.left > 0 {
            self.left -= 1;
            match Arc::clone(&self.stage).servers.as_ref() {
                Some(servers) => self.one(servers).await,
                None => self.kill("worker").await,
            }
            let pause = self.dice.random_range(100..1_200);
            self.pause(pause).await;
        }
        self.tending_until(asking).await.unwrap();
        println!("{} processes died of their work", self.cast.died);
    }

    async fn one(&mut self, servers: &Servers) {
        let long = self.dice.random_range(500..4_000);
        match self.dice.random_range(0..20) {
            0..4 => self.kill("worker").await,
            4..6 => self.kill("scheduler").await,
            6..11 => self.stop_a_holder().await,
            11..13 => self.stop("worker", long).await,
            13 => self.stop("scheduler", long).await,
            14 => {
                servers.postgres.lock().await.stop().unwrap();
                self.pause(long / 2).await;
                servers.postgres.lock().await.restart().await.unwrap();
            }
            15 => {
                servers.redis.lock().await.stop().unwrap();
                self.pause(long / 2).await;
                servers.redis.lock().await.restart().await.unwrap();
            }
            16 => {
                let frozen = servers.redis.lock().await.freeze().await.unwrap();
                self.pause(long).await;
                frozen.thaw().unwrap();
            }
            17 | 18 => {
                servers.postgres_wire.cut();
                self.pause(long).await;
                servers.postgres_wire.mend();
            }
            _ => {
                servers.redis_wire.cut();
                self.pause(long).await;
                servers.redis_wire.mend();
            }
        }
    }

    fn somebody(&mut self, part: &str) -> usize {
        let players = self.cast.players(part);
        players[self.dice.random_range(0..players.len())]
    }

    async fn kill(&mut self, part: &str) {
        let number = self.somebody(part);
        self.cast.kill(&self.stage, number).await;
    }

    async fn stop(&mut self, part: &str, milliseconds: u64) {
        let number = self.somebody(part);
        self.cast.stop(number).await;
        self.pause(milliseconds).await;
        self.cast.wake(number).await;
    }

    /// Stops who holds a lock until somebody else has it, and wakes it then: it believes that it holds it still.
    async fn stop_a_holder(&mut self) {
        let held =
            "SELECT r.worker, l.fence FROM run_locks l JOIN runs r ON r.id = l.run WHERE r.state = 'running'";
        let begun = Instant::now();
        let (number, fence) = loop {
            if begun.elapsed() > Duration::from_secs(3) {
                return;
            }
            let rows = self.stage.rows(held, &[]).await;
            let holder = rows.first().and_then(|row| {
                let worker: String = row.get("worker").unwrap();
                let is = |number: &usize| worker.contains(&format!("-{}-", self.cast.actors[*number].id));
                Some(((0..self.cast.actors.len()).find(is)?, row.get::<i64>("fence").unwrap()))
            });
            match holder {
                Some(holder) => break holder,
                None => self.pause(20).await,
            }
        };
        self.cast.stop(number).await;
        let begun = Instant::now();
        let taken = format!("SELECT COUNT(*) AS n FROM run_locks WHERE run IS NOT NULL AND fence > {fence}");
        while begun.elapsed() < LEASE * 4 && self.stage.number(&taken).await == 0 {
            self.pause(20).await;
        }
        // The new holder shall have written, and have more to write.
        let more = self.dice.random_range(0..200);
        self.pause(more).await;
        self.cast.wake(number).await;
    }

    /// Time passes; who died of their work is replaced.
    async fn pause(&mut self, milliseconds: u64) {
        let end = Instant::now() + Duration::from_millis(milliseconds);
        while Instant::now() < end {
            self.cast.tend(&self.stage);
            sleep(Duration::from_millis(50).min(end - Instant::now())).await;
        }
    }

    /// Waits for that; who died of their work meanwhile is replaced: all of them may have.
    pub(super) async fn tending_until<T>(&mut self, wanted: impl Future<Output = T>) -> T {
        tokio::pin!(wanted);
        loop {
            tokio::select! {
                done = &mut wanted => return done,
                () = self.pause(100) => {}
            }
        }
    }

    /// Waits until nothing waits or works any more.
    pub(super) async fn until_all_is_over(&mut self) {
        let open = "SELECT COUNT(*) AS n FROM runs WHERE state IN ('pending', 'retrying', 'running')";
        let begun = Instant::now();
        while self.stage.number(open).await > 0 {
            if begun.elapsed() > TO_THE_END {
                let sql = "SELECT id, task, state, attempt, worker, due, lease_until FROM runs \
                           WHERE state IN ('pending', 'retrying', 'running')";
                panic!("these never ended: {:?}", self.stage.rows(sql, &[]).await.len());
            }
            self.pause(100).await;
        }
    }
}

//! The ledger or the documents fail in the moment that counts: after an effect and before it is written down, or while a
//! card is added to our own document. PostgreSQL is made to fail there by a trigger.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use t5g_model::writing::EffectKind;
use t5g_testkit::{Database, Postgres, Redis};

use crate::matrix;
use crate::stage::Stage;

/// What the ledger does instead of writing down that a step was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trap {
    /// It takes its time, and the worker is killed meanwhile.
    Hangs,
    /// It refuses, once.
    Refuses,
    /// It ends the connection.
    Cuts,
}

impl Trap {
    const ALL: [Self; 3] = [Self::Hangs, Self::Refuses, Self::Cuts];

    const fn sql(self) -> &'static str {
        match self {
            Self::Hangs => "PERFORM pg_sleep(2)",
            Self::Refuses => "RAISE EXCEPTION 'a trap of the tests'",
            Self::Cuts => "PERFORM pg_terminate_backend(pg_backend_pid())",
        }
    }
}

/// A stage on PostgreSQL and Redis, and the servers.
struct Ground {
    postgres: Postgres,
    database: Database,
    redis: Redis,
    stage: Stage,
}

impl Ground {
    async fn new(seed: u64, more: &[(&str, &str)]) -> Result<Self> {
        let (postgres, redis) = (Postgres::alone().await?, Redis::start().await?);
        let database = postgres.database().await?;
        let mut stores =
            vec![("T5G_DOCUMENTS_URL", redis.url()), ("T5G_LEDGER_URL", database.url().to_owned())];
        stores.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let stage = Stage::new(seed, 60, &stores).await?;
        Ok(Self { postgres, database, redis, stage })
    }

    async fn sql(&self, sql: &str) -> Result<String> {
        let name = self.database.url().rsplit('/').next().context("a database has a name")?;
        self.postgres.psql(name, sql).await
    }

    /// The first step of that kind that is to be written down as done meets the trap. A sequence counts, since it keeps
    /// its value where everything else is rolled back.
    async fn set(&self, trap: Trap, kind: EffectKind) -> Result<()> {
        let (sql, word) = (trap.sql(), kind.word());
        self.sql(&format!(
            "DROP TRIGGER IF EXISTS trap ON write_steps; DROP SEQUENCE IF EXISTS trap_hits; CREATE SEQUENCE trap_hits; \
             CREATE OR REPLACE FUNCTION trap() RETURNS trigger AS $$ BEGIN \
             IF nextval('trap_hits') = 1 THEN {sql}; END IF; RETURN NEW; END $$ LANGUAGE plpgsql; \
             CREATE TRIGGER trap BEFORE UPDATE ON write_steps FOR EACH ROW \
             WHEN (NEW.state = 'done' AND NEW.effect LIKE '%\"do\":\"{word}\"%') EXECUTE FUNCTION trap()"
        ))
        .await
        .map(drop)
    }

    async fn sprung(&self) -> Result<()> {
        let hits = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM trap_hits";
        for _ in 0..6_000 {
            if self.sql(hits).await? != "0" {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        anyhow::bail!("no step of that kind was ever done")
    }
}

async fn lost_between_effect_and_record(kind: EffectKind) -> Result<()> {
    let mut ground = Ground::new(13, &[]).await?;
    for trap in Trap::ALL {
        let new = ground.stage.new_cases(24).await?;
        ground.set(trap, kind).await?;
        ground.stage.hire()?;
        ground.stage.start().await?;
        ground.sprung().await.with_context(|| format!("{trap:?}, {kind:?}"))?;
        if trap == Trap::Hangs {
            ground.stage.kill_all().await?;
            ground.stage.hire()?;
        }
        ground.stage.settle().await.with_context(|| format!("{trap:?}, {kind:?}"))?;
        ground.stage.kill_all().await?;
        ground.stage.verify(&new).await.with_context(|| format!("{trap:?}, {kind:?}"))?;
        println!("{kind:?}: the ledger {trap:?} after it, each effect once");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_fails_after_a_card_was_made() -> Result<()> {
    lost_between_effect_and_record(EffectKind::CreateCard).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_fails_after_a_message_was_posted() -> Result<()> {
    lost_between_effect_and_record(EffectKind::SlackPost).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_fails_after_a_letter_was_sent() -> Result<()> {
    lost_between_effect_and_record(EffectKind::Mail).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_fails_after_a_card_was_added_to_the_dashboard() -> Result<()> {
    lost_between_effect_and_record(EffectKind::KeepCard).await
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_away_when_a_card_is_to_be_written_down() -> Result<()> {
    let mut ground = Ground::new(14, &[("T5G_JIRA_TIMEOUT", "20s"), ("T5G_CARDS_SETTLE", "2s")]).await?;
    let new = ground.stage.new_cases(24).await?;
    let late = json!({ "kind": "delay", "ms": 4_000 });
    let rule =
        json!({ "route": "POST /jira/rest/api/3/issue", "fault": late, "nth": [1], "after_effect": true });
    ground.stage.world.control("faults", &rule).await?;
    ground.stage.hire()?;
    ground.stage.start().await?;
    ground.stage.wait_for_hit().await?;
    ground.postgres.stop()?;
    // The answer comes while nobody can write it down.
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    ground.postgres.restart().await?;
    ground.stage.settle().await?;
    ground.stage.kill_all().await?;
    ground.stage.verify(&new).await
}

/// Adding a card to the dashboard: killed before it, and its reading of the card fails in each way.
#[tokio::test(flavor = "multi_thread")]
async fn adding_a_card_to_the_dashboard_is_cut_short() -> Result<()> {
    let mut stage = Stage::new(15, 60, &[]).await?;
    let ways = [
        (matrix::held(), true),
        (json!({ "kind": "delay", "ms": 4_000 }), false),
        (json!({ "kind": "status", "status": 500 }), false),
        (json!({ "kind": "drop" }), false),
    ];
    for (fault, killed) in ways {
        let new = stage.new_cases(24).await?;
        // Only this reading wants texts as HTML.
        let rule = json!({
            "route": "GET /jira/rest/api/3/issue/*", "holds": "renderedFields", "fault": fault, "nth": [2],
        });
        stage.world.control("faults", &rule).await?;
        stage.hire()?;
        stage.start().await?;
        stage.wait_for_hit().await.with_context(|| rule.to_string())?;
        if killed {
            stage.kill_all().await?;
            stage.world.no_faults().await?;
            stage.hire()?;
        }
        stage.settle().await.with_context(|| rule.to_string())?;
        stage.kill_all().await?;
        stage.world.no_faults().await?;
        stage.verify(&new).await.with_context(|| rule.to_string())?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_is_away_when_a_card_is_added_to_the_dashboard() -> Result<()> {
    let mut ground = Ground::new(16, &[("T5G_JIRA_TIMEOUT", "20s")]).await?;
    let new = ground.stage.new_cases(24).await?;
    let late = json!({ "kind": "delay", "ms": 1_500 });
    let rule = json!({
        "route": "GET /jira/rest/api/3/issue/*", "holds": "renderedFields", "fault": late, "nth": [1],
    });
    ground.stage.world.control("faults", &rule).await?;
    ground.stage.hire()?;
    ground.stage.start().await?;
    ground.stage.wait_for_hit().await?;
    let frozen = ground.redis.freeze().await?;
    tokio::time::sleep(std::time::Duration::from_secs(12)).await;
    frozen.thaw()?;
    ground.stage.settle().await?;
    ground.stage.kill_all().await?;
    ground.stage.verify(&new).await?;
    ensure!(ground.stage.untracked().await?.is_disjoint(&new), "a card is missing in the document");
    Ok(())
}

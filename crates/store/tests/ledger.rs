//! The ledger on SQLite and on a real PostgreSQL: the same scenarios, the same answers.

// `cfg(test)` tells clippy that helpers are tests too.
#[cfg(test)]
#[path = "ledger/on_postgres.rs"]
mod on_postgres;
#[cfg(test)]
#[path = "ledger/on_sqlite.rs"]
mod on_sqlite;
#[cfg(test)]
#[path = "ledger/suite.rs"]
mod suite;

/// Every scenario on both databases.
macro_rules! conformance {
    ($($scenario:ident),+ $(,)?) => {
        mod sqlite { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                let folder = tempfile::tempdir().unwrap();
                super::suite::$scenario(&format!("sqlite:{}/ledger.db", folder.path().display())).await;
            }
        )+ }
        /// All in one test: a server costs seconds, a database nothing.
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn on_a_real_postgres() { $(
            let database = t5g_testkit::Postgres::start().await.unwrap();
            println!("scenario {}", stringify!($scenario));
            suite::$scenario(database.url()).await;
        )+ }
    };
}

conformance!(
    sources_that_never_ran_are_listed_too,
    success_and_failure_leave_their_marks,
    what_a_run_found_replaces_what_the_last_one_found,
    a_refused_shrink_waits_for_a_person,
    comments_are_kept_once,
    facts_are_remembered,
    every_change_counts,
    the_tables_are_made_once_by_many,
    many_writers_at_once_lose_nothing,
    a_newer_schema_is_refused,
    hostile_text_is_kept_harmless,
    a_dropped_transaction_never_happened,
);

//! The conformance suite that both backends of the documents pass, and what each does beyond it.

// `cfg(test)` tells clippy that helpers are tests too.
#[cfg(test)]
mod support {
    pub(crate) mod feed;
    pub(crate) mod other_process;
    pub(crate) mod place;
}
#[cfg(test)]
mod on_redis;
#[cfg(test)]
mod on_sqlite;
#[cfg(test)]
mod suite;

use support::place::{InRedis, InSqlite};

/// Every scenario of the suite on every backend.
macro_rules! conformance {
    ($($scenario:ident),+ $(,)?) => {
        mod sqlite { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() { super::suite::$scenario(&super::InSqlite::start()).await; }
        )+ }
        mod redis { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() { super::suite::$scenario(&super::InRedis::start().await).await; }
        )+ }
    };
}

conformance!(
    what_was_never_written_is_absent,
    what_is_written_is_read_byte_for_byte,
    what_is_no_json_is_refused_with_its_whole_batch,
    what_others_wrote_is_read_unchecked,
    a_reader_never_sees_half_a_batch,
    sudden_death_tears_nothing_and_loses_nothing,
    a_changed_document_is_not_overwritten,
    of_two_guarded_writers_one_wins,
    a_holder_that_lost_its_lock_writes_nothing,
    too_large_a_document_is_refused,
    too_large_a_document_of_others_is_not_fetched,
    a_large_document_survives,
    every_writer_is_heard,
    a_burst_of_changes_is_told_in_few_words,
    the_feed_ends_with_the_store,
);

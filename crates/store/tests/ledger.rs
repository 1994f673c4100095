//! The ledger on SQLite and on a real PostgreSQL: the same scenarios, the same answers.

// `cfg(test)` tells clippy that helpers are tests too.
#[cfg(test)]
#[path = "ledger/access/mod.rs"]
mod access;
#[cfg(test)]
#[path = "ledger/journal.rs"]
mod journal;
#[cfg(test)]
#[path = "ledger/on_postgres.rs"]
mod on_postgres;
#[cfg(test)]
#[path = "ledger/on_sqlite.rs"]
mod on_sqlite;
#[cfg(test)]
#[path = "ledger/suite.rs"]
mod suite;

#[cfg(test)]
use access::{audit, people, secrets, sign_in};

/// Every scenario on both databases.
macro_rules! conformance {
    ($($suite:ident::$scenario:ident),+ $(,)?) => {
        mod sqlite { $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                let folder = tempfile::tempdir().unwrap();
                super::$suite::$scenario(&format!("sqlite:{}/ledger.db", folder.path().display())).await;
            }
        )+ }
        /// All in one test: a server costs seconds, a database nothing.
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn on_a_real_postgres() { $(
            let database = t5g_testkit::Postgres::start().await.unwrap();
            println!("scenario {}", stringify!($scenario));
            $suite::$scenario(database.url()).await;
        )+ }
    };
}

conformance!(
    suite::sources_that_never_ran_are_listed_too,
    suite::success_and_failure_leave_their_marks,
    suite::what_a_run_found_replaces_what_the_last_one_found,
    suite::a_refused_shrink_waits_for_a_person,
    suite::comments_are_kept_once,
    suite::comments_of_cases_that_are_gone_are_forgotten,
    suite::facts_are_remembered,
    suite::every_change_counts,
    suite::the_tables_are_made_once_by_many,
    suite::many_writers_at_once_lose_nothing,
    suite::a_newer_schema_is_refused,
    suite::servers_are_heard_of_by_one_clock,
    suite::only_who_runs_the_service_prepares_it,
    suite::hostile_text_is_kept_harmless,
    suite::a_dropped_transaction_never_happened,
    audit::the_audit_log_is_filtered_and_paged,
    audit::the_audit_log_keeps_hostile_text_harmless,
    audit::audit_entries_of_many_writers_have_one_order,
    people::people_are_known_by_provider_and_subject,
    people::who_is_shut_out_has_no_session_and_no_token,
    sign_in::a_flow_is_used_once_by_its_browser,
    sign_in::only_so_many_flows_are_remembered,
    sign_in::one_client_crowds_out_only_itself,
    sign_in::an_assertion_is_used_once,
    secrets::a_session_ends_in_every_way,
    people::a_lower_role_counts_at_once,
    people::who_lost_their_role_loses_all_of_it,
    people::a_role_can_change_without_a_sign_in,
    secrets::tokens_end_in_every_way,
    secrets::only_so_many_tokens_of_one_go_on,
    secrets::uses_are_noted,
    secrets::old_things_are_removed,
    secrets::people_who_came_no_more_are_removed,
    journal::a_plan_is_kept_as_it_was_made,
    journal::a_step_is_written_down_before_and_after,
    journal::a_person_decides_about_a_held_plan,
    journal::writes_are_found_by_what_they_are_about,
    journal::a_person_has_a_step_done_again,
    journal::what_was_skipped_because_of_it_is_done_again_with_it,
    journal::a_plan_does_not_end_while_a_step_is_opened_again,
    journal::what_is_opened_again_is_not_forgotten,
    journal::a_plan_comes_in_the_place_of_what_waits_or_not_at_all,
    journal::who_lost_the_lock_writes_no_step,
    journal::the_journal_is_read_by_time_and_counted,
    journal::old_plans_are_forgotten,
);

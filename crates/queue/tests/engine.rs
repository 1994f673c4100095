//! The engine as its users see it, on SQLite and on a real PostgreSQL: the same scenarios, the same answers. And
//! what many processes make of it that are killed, stopped and cut off.

// `cfg(test)` tells clippy that helpers are tests too.
#[cfg(test)]
mod chaos;
#[cfg(test)]
mod on_postgres;
#[cfg(test)]
mod suite {
    pub(crate) mod asking;
    pub(crate) mod ending;
    pub(crate) mod fencing;
    pub(crate) mod losing;
    pub(crate) mod reading;
    pub(crate) mod remembering;
    pub(crate) mod taking;
    pub(crate) mod timing;
}
#[cfg(test)]
mod support {
    pub(crate) mod bed;
    pub(crate) mod clock;
    pub(crate) mod hand;
    pub(crate) mod house;
    pub(crate) mod other_process;
    pub(crate) mod wire;
}

/// Every scenario on both databases.
macro_rules! conformance {
    ($($room:ident: $($scenario:ident),+ $(,)?;)+) => { $(
        mod $room {
            mod sqlite { $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $scenario() {
                    crate::suite::$room::$scenario(&crate::support::bed::Bed::in_sqlite().await).await;
                }
            )+ }
            /// All in one test: a server costs seconds, a database nothing.
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_a_real_postgres() { $(
                println!("scenario {}", stringify!($scenario));
                crate::suite::$room::$scenario(&crate::support::bed::Bed::on_servers().await).await;
            )+ }
        }
    )+ };
}

conformance!(
    asking:
        a_run_is_asked_for_and_done,
        the_same_is_not_asked_for_twice,
        many_who_ask_for_the_same_get_one_run,
        wishes_that_cross_do_not_hinder_each_other,
        runs_wait_for_those_that_they_need,
        all_or_none_are_asked_for,
        a_wish_brings_forward_what_waits,
        what_is_unknown_or_too_much_is_refused_with_words,
        what_waits_outlives_its_process,
        a_version_that_keeps_no_traceparent_asks_and_takes_beside_this_one;
    taking:
        many_workers_take_each_run_once,
        runs_of_one_group_never_overlap,
        no_more_work_at_once_than_there_are_slots,
        a_paused_queue_waits,
        a_command_works_on_its_own_runs_only;
    fencing:
        fences_grow_and_old_ones_are_refused,
        a_ledger_younger_than_the_documents_catches_up,
        a_holder_that_lost_its_run_writes_nothing,
        an_end_from_old_hands_counts_for_nothing;
    ending:
        failed_tries_are_repeated_after_growing_pauses,
        no_retry_where_none_helps,
        a_panic_or_a_time_out_is_a_failure_with_its_message,
        a_run_is_stopped_while_it_waits_and_while_it_works,
        a_stop_in_the_last_moment_is_not_forgotten,
        a_person_has_runs_tried_again,
        what_cannot_be_done_is_explained,
        a_shutdown_lets_work_end_and_hands_the_rest_back;
    losing:
        a_run_whose_lease_ran_out_is_done_by_another,
        a_run_whose_process_died_is_found_at_once,
        a_run_that_kills_its_workers_fails_after_its_tries,
        a_lost_run_that_was_to_be_stopped_is,
        a_start_finds_what_the_last_process_left;
    timing:
        a_tick_fires_once_with_several_schedulers,
        missed_ticks_fire_once_or_not_at_all,
        a_paused_schedule_is_silent,
        a_changed_schedule_counts_from_then_on,
        clocks_may_jump,
        a_schedule_made_known_in_the_future_is_not_silent;
    reading:
        progress_lines_and_calls_are_told,
        lists_are_filtered_paged_and_counted,
        figures_agree_with_the_runs,
        workers_come_and_go,
        workers_are_heard_of_by_one_clock,
        what_cannot_be_read_is_named_and_stops_nobody;
    remembering:
        what_is_old_is_forgotten_and_the_rest_kept;
);

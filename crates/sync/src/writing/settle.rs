//! How long a step that was begun and not answered for may still happen. Nothing of it is done again before that: a
//! request that we gave up may be under way at the service, which knows nothing of our giving up.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use t5g_store::ledger::{StepPlace, StepRecord};
use tokio::time::Instant;

use super::execute::LONGEST_WAIT;
use crate::write_rules::WriteRules;

/// When it can be told for sure whether the step happened. Its request left us before its answer was given up, and at the
/// latest at [`latest`] after it was begun; from then on the service may go on for as long as we would have waited for it;
/// then it has to become visible. `None`: nobody has written down when it was given up.
pub(super) fn settled_at(step: &StepRecord, rules: &WriteRules, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    // What lies in the future was written down by a clock that was wrong.
    let given_up = step.given_up_at.filter(|at| *at <= now)?;
    // When it was begun nobody knows then, but before it was given up.
    let begun = step.begun_at.filter(|at| *at <= now).unwrap_or(given_up);
    let sent = begun.checked_add_signed(delta(rules.settle))?;
    sent.max(given_up).checked_add_signed(delta(rules.time_out(step.service()) + rules.settle))
}

/// Until when a step that is about to be begun may be sent: whoever was stopped or waited for longer may find that others
/// gave it up, waited, and did it. A message is never done by others, and where nothing has to settle nobody waits.
/// By the process's own clock and by the time of day, since a machine that is suspended stops the former.
pub(super) fn latest(
    step: &StepRecord,
    rules: &WriteRules,
    (own, day): (Instant, DateTime<Utc>),
) -> Option<(Instant, DateTime<Utc>)> {
    let others_wait = !step.effect.is_delivery() && !rules.settle.is_zero();
    let moment = || Some((own.checked_add(rules.settle)?, day.checked_add_signed(delta(rules.settle))?));
    others_wait.then(moment).flatten()
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

/// What this process itself waited for each step. The time of day can be set forward while a request is under way; this
/// cannot.
#[derive(Debug, Default)]
pub(super) struct Watch(Mutex<HashMap<StepPlace, Instant>>);

impl Watch {
    /// The step's answer is given up now.
    pub(super) fn given_up(&self, step: &StepPlace, now: Instant) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(step.clone(), now);
    }

    /// How much longer this process has to wait by itself, counted from when it first knew of the step.
    pub(super) fn left(&self, step: &StepPlace, settle: Duration, now: Instant) -> Duration {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = known.entry(step.clone()).or_insert(now);
        // A longer wait would end with this run and begin again with the next, for ever.
        settle.min(LONGEST_WAIT).saturating_sub(now.duration_since(*since))
    }
}

#[cfg(test)]
mod tests {
    use t5g_model::writing::{CardRef, Effect, Service};
    use t5g_store::ledger::StepState;

    use super::*;
    use crate::writing::sample;

    fn minute(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn step(begun: i64, given_up: Option<i64>) -> StepRecord {
        let plan = "019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f".parse().unwrap();
        let card = CardRef::Known("A-1".parse().unwrap());
        StepRecord {
            state: StepState::Begun,
            attempts: 1,
            begun_at: Some(minute(begun)),
            given_up_at: given_up.map(minute),
            ..sample::step(plan, Effect::SetPriority { card, from: None, to: "Major".into() })
        }
    }

    #[test]
    fn the_wait_counts_from_the_giving_up_and_is_longer_than_the_time_out() {
        let mut rules = WriteRules { settle: Duration::from_mins(2), ..WriteRules::default() };
        rules.time_outs.insert(Service::Jira, Duration::from_mins(5));
        let at = |begun, given_up, now| settled_at(&step(begun, given_up), &rules, minute(now));
        assert_eq!(at(0, Some(5), 6), Some(minute(12)), "timed out");
        assert_eq!(at(0, Some(0), 6), Some(minute(9)), "cut off at once: it may take as long as a time-out");
        assert_eq!(at(0, None, 6), None, "whoever began it died; to be written down first");
        assert_eq!(at(0, Some(90), 6), None, "by a clock that was wrong; to be written down anew");
        // It may have been begun just before it was found, and be sent as late as that allows.
        assert_eq!(at(90, Some(5), 6), Some(minute(14)), "begun by a clock that was wrong");
        assert_eq!(at(20, Some(5), 21), Some(minute(29)), "begun anew by an older version");
    }

    #[test]
    fn what_others_may_do_is_sent_soon_or_not_at_all() {
        let (now, step) = ((Instant::now(), minute(0)), step(0, None));
        let rules = |settle| WriteRules { settle: Duration::from_secs(settle), ..WriteRules::default() };
        let wait = Duration::from_secs(9);
        assert_eq!(latest(&step, &rules(9), now), Some((now.0 + wait, minute(0) + delta(wait))));
        assert_eq!(latest(&step, &rules(0), now), None);
        let effect = Effect::SlackFailures { channel: "C1".into() };
        assert_eq!(latest(&StepRecord { effect, ..step }, &rules(9), now), None);
    }

    #[test]
    fn a_process_waits_by_its_own_clock_too() {
        let (watch, place, settle) = (Watch::default(), step(0, None).place, Duration::from_secs(10));
        let start = Instant::now();
        let at = |second| start + Duration::from_secs(second);
        assert_eq!(watch.left(&place, settle, at(0)), settle, "it knows of it from now on");
        assert_eq!(watch.left(&place, settle, at(7)), Duration::from_secs(3));
        watch.given_up(&place, at(7));
        assert_eq!(watch.left(&place, settle, at(7)), settle, "it was begun again meanwhile");
        assert_eq!(watch.left(&place, settle, at(18)), Duration::ZERO);
        assert_eq!(watch.left(&StepPlace { seq: 2, ..place }, Duration::MAX, at(18)), LONGEST_WAIT);
    }
}

//! When each task starts by itself.

use std::collections::BTreeMap;

use crate::section::section;
use crate::values::Schedule;

section! {
    /// When each task starts by itself: cron texts of five fields (minute, hour, day, month, weekday) in
    /// UTC, or `off`. Unset: the task's own.
    Schedules at "schedules" {
        /// Cases.
        case_sync: Option<Schedule>;
        /// Cards.
        card_sync: Option<Schedule>;
        /// Details, linked bugs and comments of open cases.
        details_sync: Option<Schedule>;
        /// Engineering's issues.
        issues_sync: Option<Schedule>;
        /// What Bugzilla knows of the linked bugs.
        bugs_sync: Option<Schedule>;
        /// Escalations.
        escalations_sync: Option<Schedule>;
        /// Today's statistics.
        cache_stats: Option<Schedule>;
        /// Cards for new cases.
        portal2jira_sync: Option<Schedule>;
        /// Priorities of cards.
        priority_sync: Option<Schedule>;
        /// Tags of bugs.
        tag_bz: Option<Schedule>;
    }
}

impl Schedules {
    /// What was set, by task name.
    pub fn set(&self) -> BTreeMap<&'static str, &Schedule> {
        let all = [
            ("case_sync", &self.case_sync),
            ("card_sync", &self.card_sync),
            ("details_sync", &self.details_sync),
            ("issues_sync", &self.issues_sync),
            ("bugs_sync", &self.bugs_sync),
            ("escalations_sync", &self.escalations_sync),
            ("cache_stats", &self.cache_stats),
            ("portal2jira_sync", &self.portal2jira_sync),
            ("priority_sync", &self.priority_sync),
            ("tag_bz", &self.tag_bz),
        ];
        all.into_iter().filter_map(|(name, schedule)| Some((name, schedule.as_ref()?))).collect()
    }
}

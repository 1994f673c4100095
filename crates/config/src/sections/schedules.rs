//! When each task starts by itself.

use crate::section::section;
use crate::values::Schedule;

section! {
    /// When each task starts by itself: cron texts of five fields (minute, hour, day, month, weekday) in
    /// UTC, or `off`.
    Schedules at "schedules" {
        /// Cases.
        case_sync: Schedule = "*/15 * * * *";
        /// Cards.
        card_sync: Schedule = "21 * * * *";
        /// Details, linked bugs and comments of open cases.
        details_sync: Schedule = "24 0,12 * * *";
        /// Engineering's issues.
        issues_sync: Schedule = "54 0,12 * * *";
        /// What Bugzilla knows of the linked bugs.
        bugs_sync: Schedule = "48 0,12 * * *";
        /// Escalations.
        escalations_sync: Schedule = "37 */2 * * *";
        /// Today's statistics.
        cache_stats: Schedule = "40 4 * * *";
        /// Cards for new cases.
        portal2jira_sync: Schedule = "10 * * * *";
        /// Priorities of cards.
        priority_sync: Schedule = "12 3 * * *";
        /// Tags of bugs.
        tag_bz: Schedule = "33 0 * * *";
    }
}

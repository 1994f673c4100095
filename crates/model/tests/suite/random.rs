//! Random documents for the property tests: small alphabets, so that collisions are common, and every
//! field that may be missing is missing at times. The seed is fixed; `PROPTEST_RNG_SEED` sets another.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use t5g_model::board::BoardParts;
use t5g_model::documents::{
    Bug, Card, Case, Comment, Detail, Issue, LinkedBug, Milestone, NotifiedUser, Person,
};
use t5g_model::names::{CardKey, CardStatus, CaseNumber, CaseStatus, Severity};

pub(crate) fn config(cases: u32) -> ProptestConfig {
    let given = std::env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = RngSeed::Fixed(given.unwrap_or(20_261_123));
    ProptestConfig { cases, rng_seed: seed, failure_persistence: None, ..ProptestConfig::default() }
}

/// Any text that JSON can hold, the awkward kinds included.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-c]{0,2}",
        1 => any::<String>(),
        1 => Just("---".to_owned()),
        1 => Just("nul \0 quote \" \\ <script> \u{202e} 😀".to_owned()),
    ]
}

pub(crate) fn account() -> impl Strategy<Value = String> {
    prop_oneof![Just("Acme".to_owned()), Just("acme".to_owned()), Just("Beta/Co".to_owned()), text()]
}

/// Times around 2026-11-23, and what is none.
pub(crate) fn time_text() -> impl Strategy<Value = String> {
    let form = prop_oneof![
        Just("%Y-%m-%dT%H:%M:%SZ"),
        Just("%Y-%m-%dT%H:%M:%S%.3f+0000"),
        Just("%Y-%m-%dT%H:%M:%S+0000"),
        Just("%Y-%m-%d %H:%M"),
        Just("%Y-%m-%d"),
    ];
    let near = (1_794_000_000_i64..1_796_000_000, form).prop_map(|(seconds, form)| {
        chrono::DateTime::from_timestamp(seconds, 0).unwrap().format(form).to_string()
    });
    prop_oneof![8 => near, 1 => Just(String::new()), 1 => Just("9999-12-31T00:00:00Z".to_owned()), 1 => text()]
}

pub(crate) fn case_number() -> impl Strategy<Value = CaseNumber> {
    (0..12).prop_map(|number| format!("{number:08}").parse().unwrap())
}

fn severity() -> impl Strategy<Value = Severity> {
    prop_oneof![
        4 => proptest::sample::select(Severity::KNOWN.to_vec()),
        1 => text().prop_map(|text| { let Ok(severity) = text.parse(); severity }),
    ]
}

fn case_status() -> impl Strategy<Value = CaseStatus> {
    prop_oneof![
        4 => proptest::sample::select(CaseStatus::KNOWN.to_vec()),
        1 => text().prop_map(|text| { let Ok(status) = text.parse(); status }),
    ]
}

fn card_status() -> impl Strategy<Value = CardStatus> {
    prop_oneof![
        4 => proptest::sample::select(CardStatus::KNOWN.to_vec()),
        1 => text().prop_map(|text| { let Ok(status) = text.parse(); status }),
    ]
}

pub(crate) fn case() -> impl Strategy<Value = Case> {
    let texts = (text(), account(), text(), text(), text(), text(), option::of(text()), vec(text(), 0..3));
    let times = (time_text(), time_text(), option::of(time_text()));
    (texts, times, severity(), case_status()).prop_map(|(texts, times, severity, status)| {
        let (owner, account, problem, description, product, product_version, bug, tags) = texts;
        let (createdate, last_update, closeddate) = times;
        Case {
            severity: severity.numbered(),
            owner,
            account,
            problem,
            status,
            createdate,
            last_update,
            closeddate,
            product,
            product_version,
            description,
            bug,
            tags,
        }
    })
}

pub(crate) fn linked_bug() -> impl Strategy<Value = LinkedBug> {
    let optional = (option::of(text()), option::of(text()), option::of(text()));
    ("[1-4]", text(), text(), optional).prop_map(|(bugzilla_number, link, case_number, optional)| {
        let (linked_at, status, summary) = optional;
        LinkedBug { bugzilla_link: link, bugzilla_number, case_number, linked_at, status, summary }
    })
}

pub(crate) fn bug() -> impl Strategy<Value = Bug> {
    let optional = (option::of(text()), option::of(text()), option::of(text()), option::of(text()));
    (linked_bug(), vec(text(), 0..3), optional, option::of(text())).prop_map(
        |(linked, release, of, severity)| {
            let (assignee, last_change_time, internal_whiteboard, qa_contact) = of;
            Bug {
                linked,
                target_release: release,
                assignee,
                last_change_time,
                internal_whiteboard,
                qa_contact,
                severity,
            }
        },
    )
}

pub(crate) fn issue() -> impl Strategy<Value = Issue> {
    let lists = (option::of(vec(text(), 0..3)), option::of(vec(text(), 0..3)));
    let optional = proptest::array::uniform8(option::of(text()));
    ("A-[1-4]", text(), lists, optional).prop_map(|(id, url, lists, optional)| {
        let (fix_versions, private_keywords) = lists;
        let [title, status, updated, qa_contact, jira_severity, jira_type, assignee, priority] = optional;
        Issue {
            id,
            url,
            title,
            status,
            updated,
            qa_contact,
            jira_severity,
            jira_type,
            assignee,
            fix_versions,
            priority,
            private_keywords,
        }
    })
}

fn milestone() -> impl Strategy<Value = Milestone> {
    prop_oneof![
        (1_794_000_000_000_i64..1_796_000_000_000).prop_map(Milestone::Millis),
        any::<i64>().prop_map(Milestone::Millis),
        time_text().prop_map(Milestone::Text),
    ]
}

fn person() -> impl Strategy<Value = Person> {
    let name = || option::of(prop_oneof![Just("Ann".to_owned()), Just("Ben".to_owned()), text()]);
    (name(), name(), name()).prop_map(|(display_name, account_id, email_address)| Person {
        display_name,
        account_id,
        email_address,
    })
}

fn notified_user() -> impl Strategy<Value = NotifiedUser> {
    (text(), option::of(text()), btree_map("[x-z]", any::<i32>(), 0..2)).prop_map(|(name, title, other)| {
        let other = other.into_iter().map(|(key, value)| (key, value.into())).collect();
        NotifiedUser { sso_username: name, title, other }
    })
}

pub(crate) fn detail() -> impl Strategy<Value = Detail> {
    let times = (option::of(milestone()), option::of(milestone()));
    (any::<bool>(), option::of(text()), vec(notified_user(), 0..3), times).prop_map(
        |(crit_sit, group_name, notified_users, (relief_at, resolved_at))| Detail {
            crit_sit,
            group_name,
            notified_users,
            relief_at,
            resolved_at,
        },
    )
}

pub(crate) fn card() -> impl Strategy<Value = Card> {
    let case = (case_number(), account(), text(), option::of(text()), text(), case_status(), severity());
    let times = (time_text(), time_text(), time_text(), any::<i64>());
    let lists = (vec(text(), 0..3), vec(prop_oneof![Just("Trends".to_owned()), text()], 0..3));
    let people = (person(), vec(person(), 0..2));
    let comment = (text(), time_text()).prop_map(|(html, at)| Comment { html, at });
    let linked = (
        option::of(vec(comment, 0..3)),
        option::of(vec(bug(), 0..3)),
        option::of(vec(issue(), 0..3)),
        option::of(text()),
        option::of(text()),
    );
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (case, times, lists, people, linked, flags, card_status(), detail()).prop_map(
        |(case, times, lists, people, linked, flags, card_status, detail)| {
            let (case_number, account, summary, description, product, case_status, severity) = case;
            let (case_created, case_updated_date, card_created, case_days_open) = times;
            let ((tags, labels), (assignee, contributor)) = (lists, people);
            let (comments, bugzilla, issues, priority, escalated_link) = linked;
            let (escalated, potential_escalation, daily_telco) = flags;
            Card {
                case_number,
                account,
                summary,
                description,
                product,
                case_status,
                case_created,
                severity,
                case_updated_date,
                case_days_open,
                tags,
                card_status,
                card_created,
                priority,
                labels,
                assignee,
                contributor,
                comments,
                bugzilla,
                issues,
                escalated,
                escalated_link,
                potential_escalation,
                daily_telco,
                crit_sit: detail.crit_sit,
                group_name: detail.group_name,
                notified_users: detail.notified_users,
                relief_at: detail.relief_at,
                resolved_at: detail.resolved_at,
            }
        },
    )
}

pub(crate) fn card_key() -> impl Strategy<Value = CardKey> {
    ("[AB]", 0..200).prop_map(|(project, number)| format!("{project}-{number}").parse().unwrap())
}

pub(crate) fn by_case<T: std::fmt::Debug>(
    of: impl Strategy<Value = T>,
) -> impl Strategy<Value = BTreeMap<CaseNumber, T>> {
    btree_map(case_number(), of, 0..10)
}

/// Everything that a board is made of.
pub(crate) fn parts() -> impl Strategy<Value = BoardParts> {
    let bugs = option::of(by_case(vec(bug(), 0..3)));
    (by_case(case()), bugs, by_case(vec(issue(), 0..3)), btree_map(card_key(), card(), 0..16)).prop_map(
        |(cases, bugs, issues, cards)| BoardParts { cases, bugs, issues, cards, ..BoardParts::default() },
    )
}

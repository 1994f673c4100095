//! Measures building the board and computing from it, at 20,000 cards with 60,000 comments, which it makes
//! up itself. Prints `name<TAB>value<TAB>unit`. Run it by `cargo xtask bench board`.
#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use t5g_model::board::{Board, Card, Raw, RawDocuments, Rules, Scope, load};
use t5g_model::documents::Document;
use t5g_model::query::Query;
use t5g_model::{figures, time};

const CARDS: usize = 20_000;

fn main() -> Result<()> {
    let now = time::read("2026-11-23T12:00:00Z")?;
    let documents = made_up(now)?;
    let bytes: usize = documents.iter().map(|(_, bytes)| bytes.len()).sum();
    show("documents", bytes as f64 / 1e6, "MB");
    show("resident with the documents alone", memory("VmRSS")?, "MB");

    let mut raw = RawDocuments::default();
    for (document, bytes) in &documents {
        raw.set(*document, Raw::Bytes(bytes));
    }
    let start = Instant::now();
    let loaded = load(&raw, &Arc::new(Rules::default()), None);
    show("board built from bytes", start.elapsed().as_secs_f64(), "s");
    ensure!(loaded.unreadable.is_empty(), "{:?}", loaded.unreadable);
    let board = loaded.board;
    let comments: usize = board.cards().iter().map(|card| card.comments.len()).sum();
    show("cards", board.cards().len() as f64, "cards");
    show("comments", comments as f64, "comments");
    show("peak while building, documents included", memory("VmHWM")?, "MB");
    drop(raw);
    drop(documents);
    show("resident with the board alone", memory("VmRSS")?, "MB");

    measure("statistics of everything, computed", || figures::statistics(&board, Scope::All, now));
    measure("statistics of everything, again", || figures::overall(&board, now));
    let account = board.accounts().next().context("an account")?;
    measure("statistics of one account", || {
        figures::statistics(&board, Scope::Account(account), now);
    });
    measure("outcomes", || figures::outcomes(&board, Scope::All));
    measure("attention", || figures::attention(&board, Scope::All, now));
    measure("new cases", || figures::new_cases(&board, Scope::All, now));
    measure("recent updates", || figures::recent_updates(&board, Scope::All, now));
    measure("grouping of all cards", || figures::grouped(board.cards(), |card| card));
    measure("time series of a year", || figures::time_series(board.history()));
    filters(&board, now)?;
    unchanged(&board);
    Ok(())
}

/// What it costs to ask every card; as text, a card has its summary alone.
fn filters(board: &Board, now: DateTime<Utc>) -> Result<()> {
    let texts: Vec<_> = board.cards().iter().map(|card| card.summary.to_lowercase()).collect();
    for text in [
        "sev:>=high (status:backport OR is:escalated) age:>14d -is:closed",
        "account:\"account 1\",\"account 2\" assignee:a updated:<30d",
        "\"not to be found\" OR (is:breached has:bug)",
    ] {
        let query = Query::parse(text)?;
        measure(&format!("filter {text}"), || {
            let text = |card: &Card| texts.get(card.position as usize).map_or("", String::as_str);
            let mut matcher = query.matcher(board, now, text);
            board.cards().iter().filter(|card| matcher.matches(card)).count()
        });
    }
    Ok(())
}

/// What a change of one small document costs.
fn unchanged(board: &Board) {
    let mut raw = RawDocuments::default();
    for document in Board::DOCUMENTS {
        raw.set(*document, Raw::Unchanged);
    }
    raw.set(Document::Timestamp, Raw::Bytes(b"\"2026-11-23 12:00:00+00:00\""));
    let rules = Arc::new(board.rules().clone());
    measure("board with a new timestamp only", || load(&raw, &rules, Some(board)));
}

/// The median of 21 runs, after a first one that does not count.
fn measure<T>(name: &str, run: impl Fn() -> T) {
    let mut times: Vec<f64> = (0..22)
        .map(|_| {
            let start = Instant::now();
            black_box(run());
            start.elapsed().as_secs_f64() * 1e3
        })
        .skip(1)
        .collect();
    times.sort_by(f64::total_cmp);
    show(name, times.get(10).copied().unwrap_or_default(), "ms");
}

fn show(name: &str, value: f64, unit: &str) {
    println!("{name}\t{value:.3}\t{unit}");
}

/// A line of `/proc/self/status` in MB.
fn memory(line: &str) -> Result<f64> {
    #[expect(clippy::disallowed_methods, reason = "the kernel's file has a few dozen lines")]
    let status = std::fs::read_to_string("/proc/self/status").context("needs Linux's /proc")?;
    let found = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
    let kilobytes: f64 = found.context("the line is there")?.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes * 1024.0 / 1e6)
}

/// Documents of the shapes and sizes that real ones have; the same ones at every run. Written entry by
/// entry, so that making them up leaves no memory behind that would be measured.
fn made_up(now: DateTime<Utc>) -> Result<Vec<(Document, Vec<u8>)>> {
    let mut numbers = Numbers(20_261_123);
    let (mut cases, mut bugs, mut issues) = (Object::default(), Object::default(), Object::default());
    let (mut cards, mut stats) = (Object::default(), Object::default());
    for place in 0..CARDS {
        let number = format!("{:08}", 3_000_000 + place * 7);
        let case = case(&mut numbers, now);
        let case_bugs: Vec<Value> = (0..numbers.below(4) / 2).map(|_| bug(&mut numbers, &number)).collect();
        let case_issues: Vec<Value> = (0..numbers.below(4) / 2).map(|_| issue(&mut numbers)).collect();
        let card = card(&mut numbers, now, &number, &case, &case_bugs, &case_issues);
        cards.push(&format!("KNIECO-{place}"), &card)?;
        cases.push(&number, &case)?;
        bugs.push(&number, &case_bugs.into())?;
        issues.push(&number, &case_issues.into())?;
    }
    for day in 1..=365 {
        let figures = json!({"open_cases": day, "escalated": 3, "bugs": {"unique": 9, "no_target": 4}});
        stats.push(&(now - TimeDelta::days(day)).date_naive().to_string(), &figures)?;
    }
    Ok(vec![
        (Document::Cases, cases.finish()),
        (Document::Bugs, bugs.finish()),
        (Document::Issues, issues.finish()),
        (Document::Cards, cards.finish()),
        (Document::Stats, stats.finish()),
    ])
}

/// A JSON object in the making.
#[derive(Default)]
struct Object(Vec<u8>);

impl Object {
    fn push(&mut self, key: &str, value: &Value) -> Result<()> {
        self.0.push(if self.0.is_empty() { b'{' } else { b',' });
        serde_json::to_writer(&mut self.0, key)?;
        self.0.push(b':');
        Ok(serde_json::to_writer(&mut self.0, value)?)
    }

    fn finish(mut self) -> Vec<u8> {
        self.0.push(b'}');
        self.0.shrink_to_fit();
        self.0
    }
}

fn case(numbers: &mut Numbers, now: DateTime<Utc>) -> Value {
    let created = now - TimeDelta::minutes(numbers.below(500_000).into());
    json!({
        "account": format!("Customer {} Telecommunications", numbers.below(300)),
        "createdate": time::write(created), "last_update": time::write(created + TimeDelta::days(3)),
        "closeddate": time::write(created + TimeDelta::days(9)),
        "description": numbers.prose(700), "owner": format!("Owner {}", numbers.below(500)),
        "problem": numbers.prose(70), "product": format!("OpenShift Container Platform 4.{}", numbers.below(20)),
        "severity": numbers.pick(["1 (Urgent)", "2 (High)", "3 (Normal)", "4 (Low)"]),
        "status": numbers.pick(["Waiting on Red Hat", "Waiting on Customer", "Closed"]),
    })
}

fn bug(numbers: &mut Numbers, case: &str) -> Value {
    let id = numbers.below(9000);
    json!({"bugzillaLink": format!("https://bugzilla.example.com/show_bug.cgi?id={id}"),
        "bugzillaNumber": id.to_string(), "caseNumber": case, "linkedAt": "2026-10-01T00:00:00Z",
        "status": "ASSIGNED", "summary": numbers.prose(60), "target_release": ["4.17.0"],
        "assignee": "engineer@example.com", "last_change_time": "2026-11-01", "internal_whiteboard": "Telco",
        "qa_contact": "tester@example.com", "severity": "high"})
}

fn issue(numbers: &mut Numbers) -> Value {
    let id = numbers.below(9000);
    json!({"id": format!("OCPBUGS-{id}"), "url": format!("https://jira.example.com/browse/OCPBUGS-{id}"),
        "title": numbers.prose(60), "status": "In Progress", "updated": "2026-11-01",
        "qa_contact": "tester@example.com", "jira_severity": "Important", "jira_type": "Bug",
        "assignee": "engineer@example.com", "fix_versions": null, "priority": "Major",
        "private_keywords": ["Telco:Priority-1"]})
}

fn card(
    numbers: &mut Numbers,
    now: DateTime<Utc>,
    number: &str,
    case: &Value,
    bugs: &[Value],
    issues: &[Value],
) -> Value {
    let comments = (0..3).map(|_| {
        let at = now - TimeDelta::minutes(numbers.below(200_000).into());
        json!([format!("<p>{}</p>", numbers.prose(350)), at.format("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()])
    });
    let comments: Vec<Value> = comments.collect();
    let person = |id: u32| {
        json!({"displayName": format!("Engineer {id}"), "accountId": format!("5f0000000000000000{id}"),
        "emailAddress": format!("engineer{id}@example.com")})
    };
    json!({
        "case_number": number, "account": case["account"], "summary": case["problem"],
        "description": case["description"], "product": case["product"], "case_status": case["status"],
        "case_created": case["createdate"],
        "severity": numbers.pick(["Urgent", "High", "Normal", "Low"]),
        "case_updated_date": "2026-11-20 10:00", "case_days_open": numbers.below(300), "tags": ["shift", "telco"],
        "card_status": numbers.pick(["New", "Backlog", "Debugging", "Done"]),
        "card_created": "2026-10-01T00:00:00.000+0000", "priority": "Major", "labels": ["field", "no-qe"],
        "assignee": person(numbers.below(40)), "contributor": [person(numbers.below(40))],
        "comments": comments, "bugzilla": bugs, "issues": issues,
        "escalated": numbers.below(20) == 0, "escalated_link": null, "potential_escalation": false,
        "daily_telco": numbers.below(10) == 0, "crit_sit": numbers.below(30) == 0, "group_name": "Core",
        "notified_users": [{"ssoUsername": "rhn-support-somebody", "title": "Somebody Important"}],
        "relief_at": null, "resolved_at": null,
    })
}

/// The same numbers at every run (a linear congruential generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let drawn = self.0 >> 33;
        u32::try_from(drawn % u64::from(end.max(1))).unwrap_or_default()
    }

    fn pick<const N: usize>(&mut self, words: [&'static str; N]) -> &'static str {
        words.get(self.below(u32::try_from(N).unwrap_or(1)) as usize).copied().unwrap_or_default()
    }

    /// About so many characters of words.
    fn prose(&mut self, length: usize) -> String {
        const WORDS: [&str; 8] =
            ["node", "crashes", "after", "upgrade", "of", "the", "operator", "\"pod\"\n"];
        let mut text = String::with_capacity(length + 10);
        while text.len() < length {
            text.push_str(self.pick(WORDS));
            text.push(' ');
        }
        text
    }
}

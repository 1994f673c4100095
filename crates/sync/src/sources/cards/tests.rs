//! Wire payloads as Jira sends them in, the document out.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use t5g_clients::jira::WireIssue;
use t5g_model::documents::{Bug, Cards, Case, Detail, Issue, LinkedBug, Milestone};
use t5g_model::names::{CardKey, CaseNumber, CaseStatus};

use super::convert::{lacks_comments, tracked};
use super::join::{self, Known, LeftOut, Tracked, whole_numbers};
use crate::rules::usual_statuses;

const CONTRIBUTORS: &str = "customfield_10466";

fn cloud_issue() -> Value {
    json!({
        "id": "10001", "key": "KNIECO-1",
        "fields": {
            "summary": "01234567: node does not boot",
            "status": { "name": "In Progress" },
            "created": "2026-11-01T08:00:00.000+0000",
            "priority": { "name": "Major" },
            "labels": ["field", "PotentialEscalation", "Daily_Telco_OCP"],
            "assignee": { "accountId": "5b10", "displayName": "Ada Lovelace" },
            "customfield_10466": [{ "accountId": "5b11", "displayName": "Bob", "emailAddress": "bob@example.com" }],
            "comment": { "total": 2, "comments": [
                { "id": "12", "created": "2026-11-03T09:00:00.000+0000", "body": { "type": "doc" } },
                { "id": "11", "created": "2026-11-02T09:00:00.000+0000", "body": { "type": "doc" } },
            ] },
        },
        "renderedFields": { "comment": { "comments": [
            { "id": "11", "body": "<p>first</p>", "created": "3 weeks ago" },
            { "id": "12", "body": "<p>second</p>", "created": "3 weeks ago" },
        ] } },
    })
}

fn center_issue() -> Value {
    json!({
        "id": "10002", "key": "KNIECO-2",
        "fields": {
            "summary": "07654321: slow",
            "status": { "name": "Waiting for Godot" },
            "created": "2026-11-20T08:00:00.123+0000",
            "priority": null,
            "labels": [],
            "assignee": null,
            "customfield_10466": null,
            "comment": { "total": 0, "comments": [] },
        },
        "renderedFields": null,
    })
}

fn read(wire: Value) -> (CardKey, WireIssue) {
    let issue: WireIssue = serde_json::from_value(wire).unwrap();
    (issue.key.parse().unwrap(), issue)
}

fn convert(wire: Value) -> Result<(CardKey, Tracked), LeftOut> {
    let (key, issue) = read(wire);
    let tracked = tracked(&key, &issue, CONTRIBUTORS, &usual_statuses())?;
    Ok((key, tracked))
}

fn join(tracked: BTreeMap<CardKey, Tracked>, known: &Known) -> (Cards, Vec<LeftOut>) {
    let mut cards = Cards::new();
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    let left_out = join::join(tracked, known, now, |key, card| {
        cards.insert(key.clone(), card);
        Ok(())
    });
    (cards, left_out.unwrap())
}

fn case(created: &str) -> Case {
    Case {
        severity: "2 (High)".into(),
        account: "ACME".into(),
        problem: "Node does not boot".into(),
        status: CaseStatus::WaitingOnRedHat,
        createdate: created.into(),
        last_update: "2026-11-22T13:37:59Z".into(),
        product: "OpenShift 4.18".into(),
        description: "It just hangs.".into(),
        tags: vec!["shift".into()],
        ..Case::default()
    }
}

fn known() -> Known {
    let number = |text: &str| -> CaseNumber { text.parse().unwrap() };
    let first = number("01234567");
    let issue =
        |id: &str| Issue { id: id.into(), url: format!("https://jira/browse/{id}"), ..Issue::default() };
    let linked = LinkedBug { bugzilla_number: "42".into(), ..LinkedBug::default() };
    let detail = Detail {
        crit_sit: true,
        group_name: Some("EMEA".into()),
        relief_at: Some(Milestone::Millis(1_795_444_919_000)),
        ..Detail::default()
    };
    Known {
        cases: [(first.clone(), case("2026-11-01T07:00:00Z")), (number("07654321"), case("long ago"))].into(),
        details: [(first.clone(), detail)].into(),
        bugs: [(first.clone(), vec![Bug { linked, ..Bug::default() }])].into(),
        issues: [(first, vec![issue("OCPBUGS-7"), issue("ESC-2"), issue("ESC-3")])].into(),
        escalated: whole_numbers(&["see <a href=\"https://x/#/case/01234567\">01234567</a>".to_owned()]),
        escalations_project: Some("ESC".into()),
    }
}

#[test]
fn cards_are_joined_as_the_contract_says() {
    let tracked: BTreeMap<_, _> = [convert(cloud_issue()).unwrap(), convert(center_issue()).unwrap()].into();
    let (cards, left_out) = join(tracked, &known());
    assert_eq!(left_out, []);
    insta::assert_json_snapshot!(cards);
}

#[test]
fn a_card_without_or_with_an_unknown_case_is_left_out_and_told() {
    let mut wire = cloud_issue();
    wire["fields"]["summary"] = json!("1234567: seven digits");
    assert_eq!(
        convert(wire.clone()).unwrap_err().to_string(),
        "KNIECO-1: the summary does not begin with a case number of 8 digits"
    );
    wire["fields"]["summary"] = json!("99999999: gone");
    let (cards, left_out) = join([convert(wire).unwrap()].into(), &known());
    assert!(cards.is_empty());
    assert_eq!(left_out[0].to_string(), "KNIECO-1: its case 99999999 is not in the cases document");
}

#[test]
fn without_an_escalations_project_cards_stay_and_have_no_link() {
    let known = Known { escalations_project: None, ..known() };
    let (cards, _) = join([convert(cloud_issue()).unwrap()].into(), &known);
    let card = &cards["KNIECO-1"];
    assert_eq!((card.escalated, &card.escalated_link), (true, &None));
}

#[test]
fn a_card_that_was_joined_before_says_the_same_of_jira() {
    let fresh = convert(cloud_issue()).unwrap();
    let (cards, _) = join([fresh.clone()].into(), &known());
    let again = cards.into_iter().map(|(key, card)| (key, Tracked::from(card))).collect::<Vec<_>>();
    assert_eq!(again, [fresh]);
}

#[test]
fn missing_comments_are_noticed() {
    assert!(!lacks_comments(&read(cloud_issue()).1));
    assert!(!lacks_comments(&read(center_issue()).1));
    let mut more = cloud_issue();
    more["fields"]["comment"]["total"] = json!(3);
    assert!(lacks_comments(&read(more).1));
    let mut plain = cloud_issue();
    plain["renderedFields"] = Value::Null;
    assert!(lacks_comments(&read(plain).1));
}

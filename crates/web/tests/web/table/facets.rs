//! The values beside the table: each counts what it would leave, without its own facet's filter.

use serde_json::json;

use super::app;
use crate::common::card;

/// The values of a pane: value, count, whether it is chosen.
fn pane(page: &str, name: &str) -> Vec<(String, u32, bool)> {
    let pane =
        page.split(&format!("data-key=\"{name}\"")).nth(1).unwrap().split("</details>").next().unwrap();
    let picks = pane.split("<label").skip(1).map(|label| {
        let value = label.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
        let count = label.split("<b>").nth(1).unwrap().split('<').next().unwrap();
        (value.to_owned(), count.parse().unwrap(), label.contains(" checked"))
    });
    picks.collect()
}

fn counts(page: &str, name: &str) -> Vec<(String, u32)> {
    pane(page, name).into_iter().map(|(value, count, _)| (value, count)).collect()
}

fn pairs(pairs: &[(&str, u32)]) -> Vec<(String, u32)> {
    pairs.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect()
}

async fn four() -> crate::common::TestApp {
    let mut escalated = card("00000001", "High");
    escalated["escalated"] = json!(true);
    escalated["daily_telco"] = json!(true);
    let mut critical = card("00000002", "High");
    critical["crit_sit"] = json!(true);
    critical["potential_escalation"] = json!(true);
    critical["account"] = json!("<i>B</i> & Co");
    let mut closed = card("00000003", "Urgent");
    closed["case_status"] = json!("Closed");
    let mut done = card("00000004", "Low");
    done["case_status"] = json!("Closed");
    done["card_status"] = json!("Done");
    app(json!({ "K-1": escalated, "K-2": critical, "K-3": closed, "K-4": done })).await
}

#[tokio::test]
async fn every_value_has_its_count_zeros_too() {
    let app = four().await;
    let page = app.get("/table/all").await;
    let text = page.text();
    assert_eq!(counts(text, "sev"), pairs(&[("Urgent", 1), ("High", 2), ("Normal", 0), ("Low", 1)]));
    assert_eq!(counts(text, "prio"), pairs(&[("Yes", 1), ("Potentially", 1), ("No", 2)]));
    assert_eq!(counts(text, "escalated"), pairs(&[("any-escalation", 2), ("daily", 1)]));
    assert_eq!(counts(text, "leftover"), pairs(&[("closed-not-done", 1)]));
    assert_eq!(counts(text, "account"), pairs(&[("&lt;i&gt;B&lt;/i&gt; &amp; Co", 1), ("Acme", 3)]));
    assert_eq!(counts(text, "status").len(), 8);
    assert!(counts(text, "status").contains(&("Backport".to_owned(), 0)));
    assert!(!text.contains("<i>B</i>"));
}

#[tokio::test]
async fn a_facet_counts_without_its_own_filter_and_with_all_others() {
    let app = four().await;
    let page = app.get("/table/all?sev=High&prio=Yes").await;
    let text = page.text();
    assert!(text.contains("1 card of 4 that pass the filters"));
    assert_eq!(
        pane(text, "sev"),
        [("Urgent", 0, false), ("High", 1, true), ("Normal", 0, false), ("Low", 0, false)]
            .map(|(value, count, chosen)| (value.to_owned(), count, chosen))
    );
    assert_eq!(counts(text, "prio"), pairs(&[("Yes", 1), ("Potentially", 1), ("No", 0)]));
    assert_eq!(counts(text, "account"), pairs(&[("&lt;i&gt;B&lt;/i&gt; &amp; Co", 0), ("Acme", 1)]));
    let typed = app.get("/table/all?q=is:closed&sev=High").await;
    assert_eq!(counts(typed.text(), "sev"), pairs(&[("Urgent", 1), ("High", 0), ("Normal", 0), ("Low", 1)]));
    assert!(typed.text().contains("No cards match"));
}

#[tokio::test]
async fn a_count_is_as_many_rows_as_choosing_the_value_leaves() {
    let app = four().await;
    for before in ["", "sev=High", "is=closed", "q=summary", "escalated=daily&sev=Low"] {
        let page = app.get(&format!("/table/all?{before}")).await;
        for name in
            ["sev", "prio", "product", "account", "status", "escalated", "leftover", "case", "engineer"]
        {
            for (value, count, _) in pane(page.text(), name) {
                let value = value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
                let others = before.split('&').filter(|pair| !pair.starts_with(&format!("{name}=")));
                let mut query = url::form_urlencoded::Serializer::new(others.collect::<Vec<_>>().join("&"));
                let address = format!("/table/all?{}", query.append_pair(name, &value).finish());
                let left = app.get(&address).await;
                assert!(left.text().contains(&format!("data-found=\"{count}\"")), "{address}: {count}");
            }
        }
    }
}

#[tokio::test]
async fn many_values_are_shortened_and_a_chosen_one_stays_in_sight() {
    let cards = (0..40_u32).map(|n| {
        let mut one = card(&format!("{n:08}"), "High");
        one["account"] = json!(format!("Account {:02}", n / 2));
        (format!("K-{n}"), one)
    });
    let app = app(serde_json::Value::Object(cards.collect())).await;
    let page = app.get("/table/all?account=Account+19&account=Gone").await;
    let shown = pane(page.text(), "account");
    assert_eq!(shown.len(), 8);
    assert_eq!(shown[0], ("Account 19".to_owned(), 2, true));
    assert_eq!(shown[1], ("Gone".to_owned(), 0, true), "a value of no card can be dropped");
    assert!(page.text().contains("All 21"));
    let whole = app.get("/table/all?account=Account+19&more=account").await;
    assert_eq!(pane(whole.text(), "account").len(), 20);
    assert!(whole.text().contains("First 8"));
}

//! The writing side on other pages: home, a card, a run; and as metrics.

use serde_json::json;
use t5g_model::documents::Document;

use super::{RUN, app, app_with_login, keep_held, partly_done, tasks};
use crate::access::support::Browser;
use crate::common::{TestApp, card, case};
use t5g_web::WebSettings;

fn unescaped(text: &str) -> String {
    text.replace("&amp;", "&")
}

#[tokio::test]
async fn home_tells_operators_what_waits_and_each_figure_leads_to_its_rows() {
    let app = app().await;
    app.write(Document::Cards, &json!({ "K-1": card("00000001", "Low") })).await;
    app.write(Document::Cases, &json!({ "00000001": case("2026-11-22T10:00:00Z") })).await;
    let quiet = app.get_until("/home", |page| page.text().contains("Needs attention")).await;
    assert!(!quiet.text().contains("For operators"), "nothing waits");
    partly_done(&app).await;
    keep_held(&app).await;
    keep_held(&app).await;
    let page = app.get("/home").await;
    let section = page.text().split("For operators").nth(1).unwrap().split("Needs attention").next().unwrap();
    let tiles: Vec<(String, usize)> = section
        .split("<a class=\"tile")
        .skip(1)
        .map(|tile| {
            let part = |name: &str| tile.split(name).nth(1).unwrap().split('"').next().unwrap();
            (unescaped(part("href=\"")), part("data-figure=\"").parse().unwrap())
        })
        .collect();
    assert_eq!(tiles.iter().map(|(_, figure)| *figure).collect::<Vec<_>>(), [2, 1, 1]);
    for (href, figure) in tiles {
        let rows = app.get(&href).await.text().matches("<tr data-row=\"").count();
        assert_eq!(rows, figure, "{href}");
    }
}

#[tokio::test]
async fn home_without_data_and_viewers_have_no_such_part() {
    let app = app_with_login().await;
    keep_held(&app).await;
    let mut vera = Browser::sign_in(&app, "Vera", "field").await;
    assert!(!vera.get(&app, "/home").await.text().contains("For operators"));
}

#[tokio::test]
async fn a_cards_page_tells_what_was_written_about_it() {
    let documents = [(
        Document::Cards,
        json!({ "KNIECO-7": card("00000007", "Low"), "KNIECO-8": card("00000008", "Low") }),
    )];
    let settings = WebSettings { tasks: tasks(), ..crate::access::support::settings() };
    let app = TestApp::with(&documents, settings).await;
    let id = partly_done(&app).await;
    let mut olga = Browser::sign_in(&app, "Olga", "leads").await;
    let page = olga.get(&app, "/card/KNIECO-7").await;
    let text = page.text();
    assert!(text.contains("Written by T5G") && text.contains("account contains “acme”"), "{text}");
    assert!(text.contains(&format!("/journal/{id}#step-2")) && text.contains("/journal?about=KNIECO-7"));
    assert_eq!(text.matches("<tr data-row=\"").count(), 3, "the letter was about all");
    let all = olga.get(&app, "/journal?about=KNIECO-7").await;
    assert_eq!(all.text().matches("<tr data-row=\"").count(), 3);
    assert!(!olga.get(&app, "/card/KNIECO-8").await.text().contains("Written by T5G"));
    let mut vera = Browser::sign_in(&app, "Vera", "field").await;
    let page = vera.get(&app, "/card/KNIECO-7").await;
    assert!(page.text().contains("Written by T5G") && !page.text().contains("/journal"), "{}", page.text());
}

#[tokio::test]
async fn a_runs_page_tells_what_it_wrote() {
    let app = app().await;
    let started = app.post("/monitor/tasks/fails/run").await;
    let run = started.header("location").to_owned();
    assert!(!app.get(&run).await.text().contains("Written to other services"));
    let id = partly_done(&app).await;
    let step = app.ledger.steps_of(id).await.unwrap().remove(0);
    assert_eq!(step.run.as_deref(), Some(RUN));
    let writer = t5g_store::ledger::Writer {
        name: "x".into(),
        via: t5g_store::ledger::Via::Task,
        run: run.rsplit('/').next().map(str::to_owned),
    };
    let other = keep_held(&app).await;
    let place = t5g_store::ledger::StepPlace { plan: other, seq: 1 };
    app.ledger.begin_step(&place, &json!(null), &writer, crate::common::now()).await.unwrap();
    for page in [app.get(&run).await, app.get(&format!("{run}/live")).await] {
        assert!(page.text().contains("Written to other services"), "{}", page.text());
        assert!(page.text().contains(&format!("/journal/{other}#step-1")));
    }
}

#[tokio::test]
async fn metrics_tell_how_many_stand_where() {
    let app = app().await;
    partly_done(&app).await;
    let told = "t5g_write_steps{service=\"slack\",state=\"doubtful\"}";
    let metrics = app.get_until("/metrics", |answer| answer.text().contains(told)).await;
    assert!(metrics.text().contains("t5g_write_plans{state=\"held\"}"), "{}", metrics.text());
}

#[tokio::test]
async fn metrics_tell_the_trouble_that_home_shows() {
    let app = app().await;
    app.write(Document::Cards, &json!({ "K-1": card("00000001", "Low") })).await;
    app.get_until("/home", |page| page.text().contains("Needs attention")).await;
    partly_done(&app).await;
    keep_held(&app).await;
    keep_held(&app).await;
    let told = |kind, count: &str| format!("t5g_write_trouble{{kind=\"{kind}\"}} {count}\n");
    app.get_until("/metrics", |answer| answer.text().contains(&told("held", "2"))).await;
    let (page, metrics) = (app.get("/home").await, app.get("/metrics").await);
    let section = page.text().split("For operators").nth(1).unwrap().split("Needs attention").next().unwrap();
    let figures = section.split("data-figure=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    for (kind, figure) in ["held", "doubtful", "failed"].into_iter().zip(figures) {
        assert!(metrics.text().contains(&told(kind, figure)), "{kind} {figure}: {}", metrics.text());
    }
}

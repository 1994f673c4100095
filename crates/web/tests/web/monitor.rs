//! The pages of background work: what they show, what their buttons do, how conflicts are told.

use axum::http::{Method, StatusCode};

use crate::access::support::{self, Browser};
use crate::common::{Answer, TestApp};

/// Presses a button and gives the address to which it led.
async fn press(app: &TestApp, path: &str) -> String {
    let answer = app.post(path).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {}", answer.text());
    answer.header("location").to_owned()
}

/// Starts the task and waits until its page says so much.
async fn started(app: &TestApp, task: &str, said: &str) -> String {
    let run = press(app, &format!("/monitor/tasks/{task}/run")).await;
    says(app, &run, said).await;
    run
}

async fn says(app: &TestApp, path: &str, said: &str) -> Answer {
    let page = app.get_until(path, |page| page.text().contains(said)).await;
    assert!(page.text().contains(said), "{path} never says {said:?}: {}", page.text());
    page
}

#[tokio::test]
async fn the_overview_shows_what_there_is() {
    let app = TestApp::empty().await;
    let page = says(&app, "/monitor", "Alive").await;
    let page = page.text();
    for said in [
        "aily at 04:40",
        "On demand only",
        "Nothing is at work. Next by schedule: fails, in 14 h.",
        "Fails each time.",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(page.contains("4 tasks, none of them at work"), "{page}");
    assert!(page.contains("localhost-"), "the worker: {page}");
    assert!(page.contains(r#"aria-current="page">Operations</a>"#), "{page}");
    assert!(page.contains("No runs"), "{page}");
    assert!(app.get("/sources").await.text().contains(r#"<a href="/monitor">Tasks</a>"#));
}

#[tokio::test]
async fn run_now_leads_to_the_run_and_its_progress_to_its_end() {
    let app = TestApp::empty().await;
    let run = started(&app, "refresh", "cards, 1 of 4").await;
    let overview = app.get("/monitor").await;
    assert!(overview.text().contains("1 at work, 0 waiting") && overview.text().contains("cards, 1 of 4"));
    let part = app.get(&format!("{run}/live")).await;
    assert_eq!((part.status, part.header("t5g-again")), (StatusCode::OK, "2000"));
    assert!(part.text().starts_with("<div class=\"stack\" data-part=\"run\""), "{}", part.text());
    let headers = [("if-none-match", part.header("etag"))];
    let again = app.send(Method::GET, &format!("{run}/live"), &headers).await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(again.header("t5g-as-of"), "2026-11-23 14:05 UTC");
    app.permits.add_permits(1);
    let done = says(&app, &run, "<b>4</b><span>Cards</span>").await;
    assert!(done.text().contains("Run the task again") && !done.text().contains("data-confirm>"));
    let part = app.send(Method::GET, &format!("{run}/live"), &headers).await;
    assert_eq!((part.status, part.header("t5g-again")), (StatusCode::OK, "15000"));
    let task = app.get("/monitor/tasks/refresh").await;
    assert!(task.text().contains("0 of 1 runs failed in the last 14 days"), "{}", task.text());
    assert!(task.text().contains("The one run so far took 0 ms, none failed"));
}

#[tokio::test]
async fn a_run_is_stopped_after_a_question_and_only_once() {
    let app = TestApp::empty().await;
    let run = started(&app, "refresh", "cards, 1 of 4").await;
    let question = app.get(&format!("{run}/cancel")).await;
    assert!(question.text().contains("Stop this run?") && question.text().contains("cards, 1 of 4"));
    assert!(question.text().contains(&format!(r#"<form action="{run}/cancel" method="post">"#)));
    assert_eq!(press(&app, &format!("{run}/cancel")).await, run);
    says(&app, &run, "stopped by local").await;
    let late = app.post(&format!("{run}/cancel")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text().contains("is over (cancelled at"), "{}", late.text());
    assert!(late.text().contains("it cannot be stopped any more"), "{}", late.text());
    assert!(app.get(&format!("{run}/cancel")).await.text().contains("There is nothing to do any more."));
    // Tried again, it is the same run.
    assert_eq!(press(&app, &format!("{run}/retry")).await, run);
    says(&app, &run, "cards, 1 of 4").await;
    app.permits.add_permits(1);
    says(&app, &run, "<b>4</b><span>Cards</span>").await;
    let done = app.post(&format!("{run}/retry")).await;
    assert_eq!(done.status, StatusCode::CONFLICT);
    assert!(done.text().contains("start the task anew instead"), "{}", done.text());
}

#[tokio::test]
async fn a_failed_run_says_why_in_text_and_is_tried_again() {
    let app = TestApp::empty().await;
    let run = started(&app, "fails", "Failed").await;
    let page = app.get(&run).await;
    assert!(page.text().contains("&lt;script&gt;alert(&#39;no&#39;)&lt;/script&gt; &amp; more"));
    for path in ["/monitor", "/monitor/tasks/fails", &run] {
        let page = app.get(path).await;
        assert!(!page.text().contains("<script>alert") && !page.text().contains("<i>failing"), "{path}");
    }
    let question = app.get(&format!("{run}/retry")).await;
    assert!(question.text().contains("may fail 1 time more"), "{}", question.text());
    press(&app, &format!("{run}/retry")).await;
    let page = says(&app, &run, "to be tried again, says local").await;
    assert!(page.text().contains("Failed"));
    let both = app.get_until(&run, |page| page.text().matches("data-key=").count() == 2).await;
    assert_eq!(both.text().matches("data-key=").count(), 2, "both tries are listed");
}

#[tokio::test]
async fn a_run_that_waits_says_for_what() {
    let app = TestApp::empty().await;
    let first = started(&app, "refresh", "cards, 1 of 4").await;
    let second = press(&app, "/monitor/tasks/card_sync/run").await;
    let page = says(&app, &second, "Another run holds the lock test:").await;
    assert!(page.text().contains(&format!(r#"<a href="{first}">refresh</a>"#)), "{}", page.text());
    assert_eq!(press(&app, "/monitor/queues/test/pause").await, "/monitor");
    says(&app, &second, "Its queue test is paused by local, since").await;
    assert!(app.get("/monitor").await.text().contains("Paused"));
    app.permits.add_permits(1);
    says(&app, &first, "<b>4</b><span>Cards</span>").await;
    assert!(!app.get(&second).await.text().contains("holds the lock"));
    press(&app, "/monitor/queues/test/resume").await;
    app.permits.add_permits(1);
    says(&app, &second, "<b>4</b><span>Cards</span>").await;
}

#[tokio::test]
async fn a_schedule_is_paused_and_taken_up_again() {
    let app = TestApp::empty().await;
    let path = "/monitor/tasks/fails";
    assert_eq!(press(&app, &format!("{path}/pause")).await, "/monitor#task-fails");
    let page = app.get("/monitor").await;
    assert!(page.text().contains("no schedule will fire") && page.text().contains("Paused"));
    let form = "application/x-www-form-urlencoded";
    let resumed = app.post_body(&format!("{path}/resume"), form, "back=task").await;
    assert_eq!((resumed.status, resumed.header("location")), (StatusCode::SEE_OTHER, path));
    assert!(!app.get(path).await.text().contains("Paused"));
    let without = app.post("/monitor/tasks/refresh/pause").await;
    assert_eq!(without.status, StatusCode::CONFLICT);
    assert!(without.text().contains("has no schedule of its own"), "{}", without.text());
    for nothing in ["/monitor/tasks/none/pause", "/monitor/tasks/none/run", "/monitor/queues/none/pause"] {
        assert_eq!(app.post(nothing).await.status, StatusCode::NOT_FOUND, "{nothing}");
    }
}

#[tokio::test]
async fn the_list_counts_what_it_shows() {
    let app = TestApp::empty().await;
    started(&app, "fails", "Failed").await;
    started(&app, "fails", "Failed").await;
    started(&app, "refresh", "cards, 1 of 4").await;
    let count = |page: &Answer| page.text().matches("class=\"state\"").count();
    let page = app.get("/monitor?q=task:fails").await;
    assert_eq!(count(&page), 2);
    assert!(page.text().contains("1–2 of 2 runs"), "{}", page.text());
    for (state, rows) in [("failed", 2), ("running", 1), ("done", 0)] {
        let link = format!("href=\"/monitor?q=state%3A{state}#runs\"");
        let overview = app.get("/monitor").await;
        let choice = overview.text().split(&link).nth(1).unwrap_or_default();
        let figure = choice.split_once("<b>").unwrap().1.split_once("</b>").unwrap().0;
        assert_eq!(figure, rows.to_string(), "{state}");
        assert_eq!(count(&app.get(&format!("/monitor?q=state:{state}")).await), rows, "{state}");
    }
    let second = app.get("/monitor?size=1&page=2").await;
    assert!(second.text().contains("2–2 of 3 runs"));
    assert!(second.text().contains("href=\"/monitor?size=1#runs\" rel=\"prev\""), "{}", second.text());
    assert!(app.get("/monitor?size=1&page=99").await.text().contains("3–3 of 3 runs"));
    assert!(app.get("/monitor?q=task:nothing").await.text().contains("No runs match"));
    assert_eq!(app.get("/monitor?page=x").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_is_pointed_at() {
    let app = TestApp::empty().await;
    started(&app, "fails", "Failed").await;
    let page = app.get("/monitor?q=state:failled").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("<code dir=\"ltr\">state:<mark>failled</mark></code>"), "{}", page.text());
    assert!(page.text().contains("at character 7") && page.text().contains("The filter cannot be read"));
    assert_eq!(page.text().matches("class=\"state\"").count(), 0);
    let hostile = app.get("/monitor?q=%22%3E%3Cscript%3E").await;
    assert!(!hostile.text().contains("\"><script>"));
    assert!(app.get("/monitor/live?q=state:failled").await.text().contains("The filter cannot be read"));
}

#[tokio::test]
async fn what_is_not_there_is_said_plainly() {
    let app = TestApp::empty().await;
    for path in
        ["/monitor/runs/none", "/monitor/runs/019ab5c0-3f2e-7c1a-8f1e-5b2a0c9d4e6f", "/monitor/tasks/none"]
    {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text().contains("no run") || page.text().contains("no task"), "{path}: {}", page.text());
    }
    let form = "application/x-www-form-urlencoded";
    let bad = app.post_body("/monitor/tasks/refresh/run", form, "arguments=%7Bfull").await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    assert!(bad.text().contains("The arguments are no JSON"), "{}", bad.text());
    let good = app.post_body("/monitor/tasks/refresh/run", form, "arguments=%7B%22full%22%3Atrue%7D").await;
    assert_eq!(good.status, StatusCode::SEE_OTHER);
    says(&app, good.header("location"), "&quot;full&quot;: true").await;
}

#[tokio::test]
async fn nothing_changes_by_looking_or_by_another_sites_wish() {
    let app = TestApp::empty().await;
    for route in t5g_web::route_table().iter().filter(|route| route.path.starts_with("/monitor")) {
        let path = route.path.replace("{name}", "fails").replace("{id}", "none");
        let answer = app.send(Method::POST, &path, &[("sec-fetch-site", "cross-site")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        if ["run", "pause", "resume"].contains(&path.rsplit('/').next().unwrap()) {
            assert_eq!(app.get(&path).await.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        }
    }
    assert!(app.get("/monitor").await.text().contains("No runs"));
}

#[tokio::test]
async fn viewers_get_nothing_of_it() {
    let app = support::app().await;
    let mut operator = Browser::sign_in(&app, "Olga", "leads").await;
    let run = operator.submit(&app, "/monitor/tasks/fails/run", &[]).await.header("location").to_owned();
    let mut viewer = Browser::sign_in(&app, "Vera", "field").await;
    assert!(!viewer.get(&app, "/home").await.text().contains("/monitor"));
    let page = viewer.get(&app, "/sources").await;
    assert!(!page.text().contains("/monitor") && page.text().contains(">Sources</a>"));
    for path in [
        "/monitor",
        "/monitor/live",
        "/monitor/tasks/fails",
        "/monitor/tasks/fails/live",
        &run,
        &format!("{run}/live"),
        "/api/monitor",
    ] {
        assert_eq!(viewer.get(&app, path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let of_run = [format!("{run}/cancel"), format!("{run}/retry"), format!("/api{run}/cancel")];
    let others = [
        "tasks/fails/run",
        "tasks/fails/pause",
        "tasks/fails/resume",
        "queues/test/pause",
        "queues/test/resume",
    ];
    let others = others.map(|path| format!("/monitor/{path}"));
    for path in of_run.iter().chain(&others).chain(&["/api/monitor/tasks/fails/runs".to_owned()]) {
        assert_eq!(viewer.submit(&app, path, &[]).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let task = operator.get(&app, "/api/monitor/tasks/fails").await.json();
    assert_eq!(task["schedule"]["paused"], serde_json::Value::Null, "nothing of it was done");
}

#[tokio::test]
async fn operators_steer_what_is_theirs_and_all_of_it_is_noted() {
    let app = support::app().await;
    let mut operator = Browser::sign_in(&app, "Olga", "leads").await;
    assert!(operator.get(&app, "/home").await.text().contains("<a href=\"/monitor\">Operations</a>"));
    let page = operator.get(&app, "/monitor").await;
    assert!(page.text().contains("name=\"csrf\""), "forms carry the session's token");
    assert!(page.text().contains("for admins") && !page.text().contains("/monitor/tasks/for_admins/run"));
    let run = operator.submit(&app, "/monitor/tasks/refresh/run", &[]).await.header("location").to_owned();
    for path in ["tasks/fails/pause", "tasks/fails/resume", "queues/test/pause", "queues/test/resume"] {
        let answer = operator.submit(&app, &format!("/monitor/{path}"), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
    }
    assert_eq!(operator.submit(&app, &format!("{run}/cancel"), &[]).await.status, StatusCode::SEE_OTHER);
    let done = app.permits.available_permits();
    assert_eq!(done, 0, "the run is stopped, not done");
    for refused in ["tasks/for_admins/run", "queues/high/pause"] {
        let answer = operator.submit(&app, &format!("/monitor/{refused}"), &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{refused}");
        assert!(answer.text().contains("the role admin"), "{}", answer.text());
    }
    assert_eq!(operator.submit(&app, "/monitor/tasks/refresh/pause", &[]).await.status, StatusCode::CONFLICT);
    let mut admin = Browser::sign_in(&app, "Ada", "admins").await;
    let started = admin.submit(&app, "/monitor/tasks/for_admins/run", &[]).await;
    let theirs = started.header("location").to_owned();
    assert_eq!(started.status, StatusCode::SEE_OTHER);
    assert_eq!(operator.get(&app, &format!("{theirs}/retry")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(operator.submit(&app, &format!("{theirs}/retry"), &[]).await.status, StatusCode::FORBIDDEN);
    let entries = support::audited(&app).await;
    let mut noted: Vec<_> = entries
        .iter()
        .filter(|entry| {
            entry.action.contains("job") || entry.action.contains("change") || entry.action == "denied"
        })
        .filter(|entry| entry.actor.starts_with("Olga"))
        .map(|entry| format!("{} {} {}", entry.action, entry.object, entry.outcome))
        .collect();
    noted.reverse();
    let id = |run: &str| run.rsplit('/').next().unwrap().to_owned();
    let expected = [
        "job.run refresh done".to_owned(),
        "schedule.change fails done".to_owned(),
        "schedule.change fails done".to_owned(),
        "queue.change test done".to_owned(),
        "queue.change test done".to_owned(),
        format!("job.cancel {} done", id(&run)),
        "denied for_admins refused".to_owned(),
        "denied high refused".to_owned(),
        "schedule.change refresh done".to_owned(),
        "schedule.change refresh failed".to_owned(),
        format!("denied {} refused", id(&theirs)),
    ];
    assert_eq!(noted, expected);
}

#[test]
fn the_page_on_filtering_runs_has_the_same_lists() {
    let page = include_str!("../../../../docs/monitor.md");
    for (name, takes, _) in t5g_queue::RunFilter::fields() {
        let row = format!("| `{name}` | {takes} |");
        assert!(page.contains(&row), "docs/monitor.md lacks the row\n{row}");
    }
    for (filter, meaning) in t5g_queue::RunFilter::examples() {
        let line = format!("- `{filter}` — {meaning}");
        assert!(page.contains(&line), "docs/monitor.md lacks the line\n{line}");
    }
}

//! `/stats`, `/figures/…`, `/accounts`, `/account/…`, `/engineers`, `/engineer/…`: every figure leads to exactly the
//! rows that it counts, whatever accounts and engineers are called.

mod pages;
mod support;

use axum::http::StatusCode;

use support::{NAMES, everybody, figures, rows, unescaped, world};

#[tokio::test]
async fn every_figure_leads_to_exactly_the_rows_that_it_counts() {
    let app = world().await;
    let mut pages: Vec<String> = ["/home", "/stats", "/accounts", "/engineers"].map(str::to_owned).into();
    pages.extend(everybody(&app).await);
    let (mut seen, mut walked) = (std::collections::BTreeMap::new(), 0);
    for path in &pages {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let figures = figures(page.text());
        assert!(figures.len() > 20, "{path} has {} figures", figures.len());
        walked += figures.len();
        for (href, figure) in figures {
            let said = *seen.entry(href.clone()).or_insert(figure);
            assert_eq!(said, figure, "{path}: two figures lead to {href}");
        }
        for value in page.text().split("<td class=\"value\">").skip(1) {
            assert!(value.starts_with("<a ") || value.starts_with('—'), "{path}: {}", &value[..20]);
        }
    }
    assert!(walked > 1_000, "only {walked} figures");
    for (href, figure) in &seen {
        assert_eq!(rows(&app, href).await, *figure, "{href}");
    }
    let (table, own): (Vec<_>, Vec<_>) = seen.keys().partition(|href| href.starts_with("/table/all"));
    assert!(table.len() > 100 && own.iter().all(|href| href.starts_with("/figures/")), "{own:?}");
}

#[tokio::test]
async fn figures_are_those_of_the_statistics() {
    let app = world().await;
    let (page, stats) = (app.get("/stats").await, app.get("/api/stats").await.json());
    let figures: std::collections::BTreeMap<_, _> = figures(page.text()).into_iter().collect();
    for name in [
        "open_cases",
        "weekly_opened_cases",
        "daily_opened_cases",
        "weekly_closed_cases",
        "daily_closed_cases",
        "no_updates",
    ] {
        assert_eq!(figures[&format!("/figures/{name}")], stats[name], "{name}");
        assert!(stats[name].as_u64().unwrap() > 0, "the world has none of {name}");
    }
    assert_eq!(figures["/figures/bugs.unique"], stats["bugs"]["unique"]);
    assert_eq!(figures["/figures/bugs.no_target"], stats["bugs"]["no_target"]);
    for (name, query) in [("high_prio", "sev=High&sev=Urgent&is=open"), ("no_bzs", "is=open&is=untracked")] {
        assert_eq!(figures[&format!("/table/all?{query}")], stats[name], "{name}");
    }
}

#[tokio::test]
async fn everybody_has_a_page_whatever_they_are_called() {
    let app = world().await;
    let links = everybody(&app).await;
    // Persons have no empty name.
    assert_eq!(links.len(), NAMES.len() * 2 - 1, "{links:?}");
    let mut titles = Vec::new();
    for link in &links {
        // As a browser asks: it takes dots out of paths.
        let url = url::Url::parse("http://x").unwrap().join(link).unwrap();
        let asked = &url[url::Position::BeforePath..];
        let page = app.get(asked).await;
        assert_eq!(page.status, StatusCode::OK, "{link}");
        let title = page.text().split("<h1 dir=\"auto\">").nth(1).unwrap().split("</h1>").next().unwrap();
        titles.push((link.starts_with("/account"), unescaped(title)));
    }
    for name in NAMES {
        // What would turn the text around is shown as unreadable.
        let shown =
            if name.is_empty() { "—".to_owned() } else { name.trim().replace('\u{202e}', "\u{fffd}") };
        assert!(titles.contains(&(true, shown.clone())), "account {name}");
        assert!(name.is_empty() || titles.contains(&(false, shown)), "engineer {name}");
    }
}

#[tokio::test]
async fn a_name_that_nobody_has_is_told_with_names_like_it() {
    let app = world().await;
    for (path, like) in [
        ("/account/ACME", "/account/Acme"),
        ("/engineer/Acm", "/engineer/acme"),
        ("/account/ACME%2F", "/account/acme"),
    ] {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text().contains(&format!("href=\"{like}\"")), "{path}");
    }
    let page = app.get("/account/%3Cscript%3E").await;
    assert!(page.text().contains("&lt;script&gt;") && page.text().contains("href=\"/accounts\""));
    assert_eq!(app.get("/account").await.header("location"), "/accounts");
    assert_eq!(app.get("/engineer").await.header("location"), "/engineers");
    assert_eq!(app.get("/engineer?name=").await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.get("/figures/nonsense").await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.get("/figures/cards?is=x").await.status, StatusCode::BAD_REQUEST);
}

//! docs/api.md: every command in it is asked of the real router and answered as the guide says.

use axum::http::Method;

use crate::access::support::{Browser, make_token, settings};
use crate::api_world;
use crate::common::{Answer, TestApp};

/// A word after another, as a shell takes them apart: quotes hold a word together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, ' ') => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            (_, c) => word.push(c),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// One command of the guide, with the status that stands behind it.
struct Command {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    status: u16,
    lasts: bool,
}

impl Command {
    fn read(line: &str, token: &str, etag: &str) -> Self {
        let (line, status) = line.split_once("  # ").unwrap_or((line, "200"));
        let mut command = Self {
            method: Method::GET,
            path: String::new(),
            headers: Vec::new(),
            status: status.split(' ').next().unwrap().parse().expect("a status stands behind it"),
            lasts: false,
        };
        // As a shell does it: what a variable holds is not taken apart again.
        let filled = |word: String| word.replace("$T5G_TOKEN", token).replace("$ETAG", etag);
        let mut words = words(line).into_iter().map(filled).skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "-X" => command.method = words.next().unwrap().parse().unwrap(),
                "-H" => {
                    let header = words.next().unwrap();
                    let (name, value) = header.split_once(": ").expect("a header");
                    command.headers.push((name.to_lowercase(), value.to_owned()));
                }
                "-i" | "-s" => {}
                "-N" => command.lasts = true,
                address => {
                    address.strip_prefix("$T5G").expect("an address").clone_into(&mut command.path);
                }
            }
        }
        command
    }

    async fn ask(&self, app: &TestApp) -> Answer {
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        app.send(self.method.clone(), &self.path, &headers).await
    }
}

#[tokio::test]
async fn every_command_of_the_guide_works() {
    let guide = include_str!("../../../../docs/api.md");
    let app = TestApp::with(&api_world::documents(), settings()).await;
    let mut browser = Browser::sign_in(&app, "Eve", "admins").await;
    let token = make_token(&app, &mut browser, &["read", "refresh", "write"]).await;
    let (mut asked, mut etag) = (0, String::new());
    for line in guide.lines().filter_map(|line| line.strip_prefix("$ curl")) {
        let command = Command::read(&format!("curl{line}"), &token, &etag);
        let answer = command.ask(&app).await;
        assert_eq!(answer.status.as_u16(), command.status, "{line}: {}", answer.text());
        if !answer.header("etag").is_empty() {
            answer.header("etag").clone_into(&mut etag);
        }
        assert!(!command.lasts || answer.header("content-type") == "text/event-stream", "{line}");
        asked += 1;
    }
    assert!(asked >= 10, "only {asked} commands were found");
}

//! What is wrong with settings is told at once, with key, value, expectation and origin.

use crate::common::{load, sources};
use t5g_config::{Flag, Problems, Purpose, Settings};

fn lines(problems: &Problems) -> Vec<String> {
    problems.0.iter().map(ToString::to_string).collect()
}

#[test]
fn every_problem_of_every_source_is_told() {
    let file = r#"
        listn = "127.0.0.1:1"
        time_zone = "Mars/Olympus"
        [portal]
        concurrency = 0
        [jira.fields]
        sprint = "soon"
        [schedules]
        case_sync = "* * * * * *"
        [nonsense]
        a = 1
    "#;
    let environment = [("T5G_PORTL_TIMEOUT", "1s"), ("T5G_BASE_URL", "ftp://x"), ("team", "[{\"nam\": 1}]")];
    let problems = load(Some(file), &environment, Purpose::Tool).unwrap_err();
    let all = problems.to_string();
    assert_eq!(problems.0.len(), 9, "{all}");
    for part in [
        "9 things are wrong",
        "listn (t5g.toml): there is no such setting; did you mean listen?",
        "time_zone = \"Mars/Olympus\" (t5g.toml): expected a time zone's name",
        "portal.concurrency = \"0\" (t5g.toml): expected a number from 1 to 256",
        "jira.fields.sprint = \"soon\" (t5g.toml): expected a custom field's id",
        "it does not have five fields",
        "nonsense (t5g.toml): there is no such setting",
        "T5G_PORTL_TIMEOUT (environment, T5G_PORTL_TIMEOUT): there is no such setting; did you mean T5G_PORTAL_TIMEOUT?",
        "base_url = \"ftp://x\" (environment, T5G_BASE_URL): expected an http or https address",
        "team = ",
    ] {
        assert!(all.contains(part), "{part} is not in:\n{all}");
    }
}

#[test]
fn later_sources_win_and_say_so() {
    let mut sources = sources(Some("listen = \"127.0.0.1:1\""), &[("T5G_LISTEN", "127.0.0.1:2")]);
    let listen = |sources: &_| {
        let loaded = Settings::load(sources, Purpose::Tool).unwrap();
        let shown = loaded.effective.into_iter().find(|entry| entry.key == "listen").unwrap();
        (loaded.settings.general.listen.port(), shown.origin)
    };
    assert_eq!(listen(&sources), (2, "environment, T5G_LISTEN".to_owned()));
    sources.flags.push(Flag { name: "--listen", path: "listen", value: "127.0.0.1:3".to_owned() });
    assert_eq!(listen(&sources), (3, "flag --listen".to_owned()));
}

#[test]
fn a_secret_can_lie_in_a_file() {
    let token = |file, environment: &[(&str, &str)]| {
        load(file, environment, Purpose::Tool).map(|loaded| loaded.settings.sso.offline_token.unwrap())
    };
    assert_eq!(token(None, &[("offline_token_FILE", "/run/secrets/token")]).unwrap().expose(), "from-file");
    assert_eq!(
        token(None, &[("T5G_SSO_OFFLINE_TOKEN_FILE", "/run/secrets/token")]).unwrap().expose(),
        "from-file"
    );
    assert_eq!(
        token(Some("[sso]\noffline_token_file = '/run/secrets/token'"), &[]).unwrap().expose(),
        "from-file"
    );
    for (path, reason) in [("/run/secrets/empty", "is empty"), ("/nowhere", "cannot be read")] {
        let problems = token(None, &[("offline_token_FILE", path)]).unwrap_err();
        assert!(lines(&problems)[0].contains(reason), "{problems}");
    }
}

#[test]
fn a_value_and_its_file_are_not_both_taken() {
    let both = [("offline_token", "a"), ("offline_token_FILE", "/run/secrets/token")];
    let problems = load(None, &both, Purpose::Tool).unwrap_err();
    assert!(problems.to_string().contains("set only one of the two"), "{problems}");
}

#[test]
fn problems_never_show_a_secret() {
    let environment = [
        ("T5G_DOCUMENTS_URL", "http://:hunter2@host/0"),
        ("T5G_LEDGER_URL", "mysql://u:hunt@er2@host/x?password=hunter2"),
        ("jira_server", "https://me:hunter2@jira.example.com"),
        ("smtp_server", "smtp://bob:hunter2@mail.example.com"),
        ("T5G_SSO_TOKEN_URL", "ftp:bob:hunter2"),
        ("redhat_api", "bob:hunter2//portal.example.com"),
    ];
    let problems = load(None, &environment, Purpose::Tool).unwrap_err().to_string();
    assert!(
        problems.contains("***") && !problems.contains("hunter2") && !problems.contains("er2"),
        "{problems}"
    );
    assert!(problems.contains("\"smtp:***\"") && problems.contains("\"ftp:***\""), "{problems}");
    let shown = load(None, &[("smtp_server", "mail.example.com:587")], Purpose::Tool).unwrap().effective;
    assert!(
        shown.iter().any(|entry| entry.value.as_deref() == Some("mail.example.com:587")),
        "a port is none"
    );
    let broken = load(Some("[jira]\npassword = \"hunter2"), &[], Purpose::Tool).unwrap_err().to_string();
    assert!(broken.contains("line 2") && !broken.contains("hunter2"), "{broken}");
}

#[test]
fn a_server_refuses_to_start_half_safe() {
    let open = [("FLASK_LOGIN_DISABLED", "true"), ("T5G_LISTEN", "0.0.0.0:8080")];
    let problems = load(None, &open, Purpose::Server).unwrap_err();
    assert!(lines(&problems)[0].contains("listen on a loopback address"), "{problems}");
    assert!(load(None, &open, Purpose::Tool).is_ok());

    let off = ("FLASK_LOGIN_DISABLED", "true");
    for (name, value) in
        [("T5G_BASE_URL", "https://dashboard.example.com"), ("T5G_TRUSTED_PROXIES", "10.0.0.0/8")]
    {
        let problems = load(None, &[off, (name, value)], Purpose::Server).unwrap_err();
        assert!(lines(&problems)[0].contains("without login nobody else may reach it"), "{problems}");
        assert!(load(None, &[off, (name, value)], Purpose::Tool).is_ok());
    }
    for here in ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"] {
        load(None, &[off, ("T5G_BASE_URL", here)], Purpose::Server).unwrap();
    }

    let weak = [("secret_key", "short"), ("T5G_BASE_URL", "http://dashboard.example.com")];
    let problems = load(None, &weak, Purpose::Server).unwrap_err();
    let keys: Vec<&str> = problems.0.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["access.saml_settings", "access.viewers", "access.secret_key", "base_url"]);
    assert!(!problems.to_string().contains("\"short\""), "{problems}");

    let well = [
        ("secret_key", "0123456789abcdef0123456789abcdef"),
        ("saml_settings", "{}"),
        ("rbac", "field-team"),
        ("T5G_LISTEN", "0.0.0.0:8080"),
        ("T5G_BASE_URL", "https://dashboard.example.com"),
    ];
    load(None, &well, Purpose::Server).unwrap();
    let plain = ("T5G_ACCESS_SECURE_COOKIES", "false");
    let problems = load(None, &[&well[..], &[plain]].concat(), Purpose::Server).unwrap_err();
    assert_eq!(problems.0[0].key, "access.secure_cookies", "{problems}");
    let odd = [("T5G_ACCESS_SAML_CLOCK_SKEW", "11m"), ("T5G_ACCESS_SESSION_IDLE", "2d")];
    let problems = load(None, &[&well[..], &odd].concat(), Purpose::Server).unwrap_err();
    let keys: Vec<&str> = problems.0.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["access.saml_clock_skew", "access.session_idle"]);
}

#[test]
fn a_server_that_would_write_refuses_to_have_nowhere_to_send() {
    let off = ("FLASK_LOGIN_DISABLED", "true");
    let keys = |more: &[(&str, &str)]| {
        let all = [&[off], more].concat();
        let problems = load(None, &all, Purpose::Server).map_or_else(|problems| problems.0, |_| Vec::new());
        problems.into_iter().map(|problem| problem.key).collect::<Vec<_>>()
    };
    let mail = [("smtp_server", "mail.example.com"), ("source_email", "t5g@example.com")];
    assert_eq!(keys(&[("notification_email", "team@example.com")]), ["mail.server", "mail.from"]);
    assert_eq!(keys(&[("bug_email", "team@example.com"), mail[0]]), ["mail.from"]);
    assert_eq!(keys(&[("notification_email", "team@example.com"), mail[0], mail[1]]), [""; 0]);
    assert_eq!(keys(&[("notification_email", "team@example.com"), ("READ_ONLY", "true")]), [""; 0]);
    let login = [("T5G_MAIL_USERNAME", "t5g"), ("T5G_MAIL_PASSWORD", "secret")];
    assert_eq!(keys(&[mail[0], login[0]]), ["mail.password"]);
    assert_eq!(keys(&[mail[0], login[1]]), ["mail.username", "mail.security"]);
    assert_eq!(keys(&[mail[0], login[0], login[1]]), ["mail.security"]);
    assert_eq!(keys(&[("smtp_server", "localhost:2525"), login[0], login[1]]), [""; 0]);
    assert_eq!(keys(&[mail[0], login[0], login[1], ("T5G_MAIL_SECURITY", "starttls")]), [""; 0]);
    assert_eq!(keys(&[("slack_token", "x")]), ["slack.low_severity_channel"]);
    assert_eq!(keys(&[("slack_token", "x"), ("high_severity_slack_channel", "C1")]), [""; 0]);
    let twins = r#"[{"name": "Ana", "jira_account_id": "1"}, {"name": " ", "jira_account_id": "1"}]"#;
    assert_eq!(keys(&[("team", twins)]), ["team", "team"]);
}

#[test]
fn a_way_that_leads_nowhere_is_told_and_no_obstacle() {
    let notices = |name, value| {
        let off = ("FLASK_LOGIN_DISABLED", "true");
        load(None, &[off, (name, value)], Purpose::Server).unwrap().notices.join("\n")
    };
    let team =
        notices("team", r#"[{"name": "Ana", "jira_account_id": "1"}, {"name": "Bo", "jira_user": "bo@x"}]"#);
    assert!(team.contains("cards for Bo will belong to nobody") && !team.contains("Ana"), "{team}");
    let team = notices(
        "team",
        r#"[{"name": "Chi", "active": "false"}, {"name": "Dee"}, {"name": "Eli", "jira_user": "eli"}]"#,
    );
    assert!(team.contains("cards for Dee will") && !team.contains("Chi") && !team.contains("Eli"), "{team}");
    assert!(notices("alert_email", "alerts@example.com").contains("mail.alert is only shown"));
    assert!(notices("low_severity_slack_channel", "C1").contains("no slack.token"));
    let days = notices("sla_settings", r#"{"days": {"Urgnt": 1, "high": 2, "3 (Normal)": 3}}"#);
    assert!(days.contains("days for \"Urgnt\", which is none of") && days.lines().count() == 1, "{days}");
    let labels = notices("jira_labels", "field, b c");
    assert!(labels.contains("the label \"b c\"") && labels.lines().count() == 1, "{labels}");
    assert!(notices("jira_query", "my cards").contains("the label \"my cards\""));
}

#[test]
fn absence_that_cannot_be_read_is_told() {
    for bad in ["soon", "2027-01-02/2026-12-24"] {
        let team = format!(r#"[{{"name": "Ana", "absent": ["{bad}"]}}]"#);
        let problems = load(None, &[("team", &team)], Purpose::Tool).unwrap_err().to_string();
        assert!(problems.contains("absence is written 2026-12-24"), "{problems}");
    }
}

#[test]
fn every_secret_that_is_given_is_known_as_one() {
    let environment = [
        ("offline_token", "token-of-the-portal"),
        ("T5G_DOCUMENTS_URL", "redis://:word-of-redis@cache:6379/0"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20word"),
        ("jira_server", "https://jira.example.com"),
    ];
    let file = "[jira]\npassword = 'word-of-jira'\n[bugzilla]\nkey = 12345678";
    let settings = load(Some(file), &environment, Purpose::Tool).unwrap().settings;
    let mut known: Vec<&str> = settings.secrets.iter().map(t5g_config::Secret::expose).collect();
    known.sort_unstable();
    let all =
        ["12345678", "authorization=Bearer%20word", "token-of-the-portal", "word-of-jira", "word-of-redis"];
    assert_eq!(known, all);
    assert!(!format!("{settings:?}").contains("word-of"), "and is not printed");
}

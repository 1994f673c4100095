//! Settings on the command line.

use crate::program::Program;

#[test]
fn effective_settings_say_where_they_come_from_and_hide_secrets() {
    let program = Program::new().with("bz_key", "hunter2").with("T5G_TIME_ZONE", "Asia/Tokyo");
    std::fs::write(program.path("t5g.toml"), "[cards]\nmax_to_create = 3\n").unwrap();
    let shown = program.run(&["config", "show", "--set"]);
    assert_eq!(shown.code, Some(0), "{}", shown.err);
    assert!(!shown.out.contains("hunter2"));
    let lines: Vec<Vec<&str>> =
        shown.out.lines().map(|line| line.split("  ").filter(|c| !c.is_empty()).collect()).collect();
    let trimmed: Vec<Vec<&str>> =
        lines.iter().map(|cells| cells.iter().map(|cell| cell.trim()).collect()).collect();
    assert_eq!(
        trimmed,
        [
            ["time_zone", "environment, T5G_TIME_ZONE", "Asia/Tokyo"],
            ["bugzilla.key", "environment, bz_key", "***"],
            ["cards.max_to_create", "t5g.toml", "3"],
        ]
    );
}

#[test]
fn a_wrong_setting_stops_every_command_that_needs_settings() {
    let program = Program::new().with("T5G_LISTEM", "127.0.0.1:1").with("T5G_TIME_ZONE", "Mars");
    for arguments in [["config", "check"].as_slice(), &["config", "show"], &["export"]] {
        let answer = program.run(arguments);
        assert_eq!(answer.code, Some(1), "{arguments:?}");
        assert!(answer.out.is_empty());
        assert!(
            answer.err.contains("did you mean T5G_LISTEN?") && answer.err.contains("\"Mars\""),
            "{}",
            answer.err
        );
    }
}

#[test]
fn a_server_with_login_is_refused_with_the_mend() {
    let refused = Program::new().run(&["config", "check"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains("FLASK_LOGIN_DISABLED=true"), "{}", refused.err);
    let taken = Program::new().with("FLASK_LOGIN_DISABLED", "true").run(&["config", "check"]);
    assert_eq!((taken.code, taken.out.as_str()), (Some(0), "the settings are right\n"), "{}", taken.err);
}

/// Each of these lets no server start, so the check must not call it right; and it tells all of them at once.
#[test]
fn a_check_finds_what_a_server_would_stumble_over() {
    let good =
        || Program::new().with("secret_key", "0123456789abcdef0123456789abcdef").with("rbac", "field-team");
    let never = ("T5G_SCHEDULES_CASE_SYNC", "0 0 30 2 *");
    let headers = ("OTEL_EXPORTER_OTLP_HEADERS", "novalue");
    let collector = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1");
    for (settings, said) in [
        (&[("saml_settings", "{}")][..], "access.saml_settings: "),
        (&[("FLASK_LOGIN_DISABLED", "true"), never], "case_sync"),
        (&[("FLASK_LOGIN_DISABLED", "true"), headers, collector], "traces.headers"),
    ] {
        let program = settings.iter().fold(good(), |program, (name, value)| program.with(name, value));
        let checked = program.run(&["config", "check"]);
        assert_eq!((checked.code, checked.out.as_str()), (Some(1), ""), "{settings:?}");
        assert!(checked.err.contains("one thing is wrong") && checked.err.contains(said), "{}", checked.err);
        let served = program.run(&["serve", "--listen", "127.0.0.1:0"]);
        assert_eq!(served.code, Some(1), "{settings:?}: {}", served.err);
    }
    let all = [never, headers, collector, ("saml_settings", "{}"), ("secret_key", "short")];
    let program = all.iter().fold(good(), |program, (name, value)| program.with(name, value));
    let said = program.run(&["config", "check"]).err;
    for part in ["4 things are wrong", "at least 32", "never fires", "access.saml_settings", "traces.headers"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn several_wrong_settings_stand_below_each_other() {
    let told = Program::new().run(&["doctor"]);
    let wrong: Vec<&str> =
        told.out.lines().skip_while(|line| !line.contains("are wrong with")).take(3).collect();
    assert!(wrong.len() == 3 && wrong[0].starts_with("WRONG"), "{}", told.out);
    assert!(
        wrong[1].trim_start().starts_with("access.") && wrong[2].trim_start().starts_with("access."),
        "{wrong:?}"
    );
}

#[test]
fn a_named_file_that_is_missing_is_an_error() {
    let answer = Program::new().run(&["--config", "gone.toml", "config", "show"]);
    assert_eq!(answer.code, Some(1));
    assert!(answer.err.contains("gone.toml"), "{}", answer.err);
}

#[test]
fn a_check_tells_what_is_missing_for_fetching() {
    let program = Program::new().with("FLASK_LOGIN_DISABLED", "true");
    let checked = program.run(&["config", "check"]);
    assert_eq!(checked.code, Some(0), "serving needs no upstream");
    assert!(checked.err.contains("not to fetch") && checked.err.contains("jira_server"), "{}", checked.err);
    let fake = program.with("fake_data", "true").run(&["config", "check"]);
    assert!(!fake.err.contains("not to fetch"), "{}", fake.err);
}

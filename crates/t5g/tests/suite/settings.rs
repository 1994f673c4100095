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

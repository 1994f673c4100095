//! What holds for every command.

use std::process::Stdio;

use crate::program::Program;

/// Names of all commands, inner ones included, as help tells them.
fn commands(program: &Program, before: &[String]) -> Vec<Vec<String>> {
    let mut arguments: Vec<&str> = before.iter().map(String::as_str).collect();
    arguments.push("--help");
    let help = program.run(&arguments).out;
    let listed = help.split("Commands:\n").nth(1).unwrap_or_default();
    let names =
        listed.lines().take_while(|line| line.starts_with("  ")).filter(|line| !line.starts_with("   "));
    let mut all = Vec::new();
    for name in names.filter_map(|line| line.split_whitespace().next()) {
        let mut path = before.to_vec();
        path.push(name.to_owned());
        all.extend(commands(program, &path));
        all.push(path);
    }
    all
}

#[test]
fn the_help_of_every_command_has_an_example() {
    let program = Program::new();
    let all = commands(&program, &[]);
    assert!(all.len() >= 8, "{all:?}");
    for path in all {
        let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = program.run(&arguments);
        assert_eq!(help.code, Some(0));
        assert!(help.out.contains("Example"), "t5g {}: no example", path.join(" "));
    }
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    for arguments in
        [["fly"].as_slice(), &["config"], &["export", "--only", "nothing"], &["config", "show", "--fly"]]
    {
        let answer = Program::new().run(arguments);
        assert_eq!(answer.code, Some(2), "{arguments:?}: {}", answer.err);
        assert!(answer.out.is_empty());
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let program = Program::new();
    let mut child = program.command(&["config", "docs"]).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn completions_and_manual_are_made_for_every_command() {
    let program = Program::new();
    assert!(program.run(&["completions", "bash"]).out.contains("t5g__subcmd__export"));
    let folder = program.path("man");
    std::fs::create_dir(&folder).unwrap();
    assert_eq!(program.run(&["man", "--into", &folder]).code, Some(0));
    assert!(std::fs::read_dir(folder).unwrap().count() > commands(&program, &[]).len());
    assert!(program.run(&["man", "--markdown"]).out.contains("\n## t5g config show\n"));
}

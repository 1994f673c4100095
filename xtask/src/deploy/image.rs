//! The Containerfile: what it may hold, and that it names what there is.

use super::known::{Known, PROGRAM};

/// Where it is.
pub(super) const FILE: &str = "deploy/Containerfile";

const INSTRUCTIONS: [&str; 14] = [
    "ARG",
    "FROM",
    "RUN",
    "WORKDIR",
    "COPY",
    "ENV",
    "LABEL",
    "USER",
    "EXPOSE",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "ENTRYPOINT",
    "CMD",
    "VOLUME",
];

/// Everything that is wrong with it. `exists` tells of paths in the repository.
pub(super) fn problems(text: &str, known: &Known<'_>, exists: &dyn Fn(&str) -> bool) -> Vec<String> {
    let lines = instructions(text);
    let mut wrong = Vec::new();
    let mut stages: Vec<&str> = Vec::new();
    let last = lines.iter().rposition(|(name, _)| name == "FROM").unwrap_or(0);
    for (name, rest) in &lines {
        let words: Vec<&str> = rest.split_whitespace().collect();
        match name.as_str() {
            unknown if !INSTRUCTIONS.contains(&unknown) => wrong.push(format!("{unknown} is not expected")),
            "ARG" => wrong.extend(unpinned(rest.split_once('=').map_or("", |(_, value)| value))),
            "FROM" => {
                if let [_, "AS", stage] = words.as_slice() {
                    stages.push(stage);
                }
            }
            "COPY" => wrong.extend(copied(&words, &stages, exists)),
            _ => {}
        }
    }
    let end: Vec<(&str, &str)> =
        lines.iter().skip(last).map(|(name, rest)| (name.as_str(), rest.as_str())).collect();
    wrong.extend(of_the_last_stage(&end, known));
    wrong.into_iter().map(|what| format!("{FILE}: {what}")).collect()
}

/// Instructions with the rest of their lines, continued ones joined.
fn instructions(text: &str) -> Vec<(String, String)> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let joined = code.join("\n").replace("\\\n", " ");
    let split = |line: &str| {
        line.trim().split_once(' ').map(|(name, rest)| (name.to_owned(), rest.trim().to_owned()))
    };
    joined.lines().filter_map(split).collect()
}

fn unpinned(image: &str) -> Option<String> {
    if image.contains('/') { without_version(image) } else { None }
}

/// An image that would be another one tomorrow: without a tag, or with one that says nothing.
pub(super) fn without_version(image: &str) -> Option<String> {
    let (_, tag) = image.rsplit('/').next()?.split_once(':').unwrap_or(("", ""));
    (tag.is_empty() || tag == "latest").then(|| format!("{image} has no version"))
}

fn copied(words: &[&str], stages: &[&str], exists: &dyn Fn(&str) -> bool) -> Vec<String> {
    let (options, paths): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| word.starts_with("--"));
    if let Some(from) = options.iter().find_map(|option| option.strip_prefix("--from=")) {
        return if stages.contains(&from) { Vec::new() } else { vec![format!("there is no stage {from}")] };
    }
    let sources = paths.split_last().map_or(&[][..], |(_, sources)| sources);
    let gone = sources.iter().filter(|path| !exists(path));
    gone.map(|path| format!("COPY {path}: there is no such file")).collect()
}

fn of_the_last_stage(lines: &[(&str, &str)], known: &Known<'_>) -> Vec<String> {
    let mut wrong = Vec::new();
    let of = |name: &str| lines.iter().find(|(known, _)| *known == name).map(|(_, rest)| *rest);
    let user = of("USER").unwrap_or("root");
    let number = user.split(':').next().and_then(|user| user.parse::<u32>().ok());
    if number.is_none_or(|number| number == 0) {
        wrong.push(format!("USER {user}: a number other than 0 is needed, for clusters that look at it"));
    }
    let exec = |name: &str, text: &str, wrong: &mut Vec<String>| {
        let words: Option<Vec<String>> = serde_json::from_str(text).ok();
        if words.is_none() {
            wrong.push(format!("{name} {text}: write it as a list; there is no shell in the image"));
        }
        words.unwrap_or_default()
    };
    match of("ENTRYPOINT") {
        Some(entry) if exec("ENTRYPOINT", entry, &mut wrong) == [PROGRAM] => {}
        _ => wrong.push(format!("ENTRYPOINT is not [\"{PROGRAM}\"]")),
    }
    if let Some(command) = of("CMD") {
        let words = exec("CMD", command, &mut wrong);
        wrong.extend(known.command("CMD", &words));
    }
    match of("HEALTHCHECK").and_then(|line| line.split_once("CMD ")) {
        None => wrong.push("HEALTHCHECK is missing".to_owned()),
        Some((_, command)) => match exec("HEALTHCHECK", command, &mut wrong).split_first() {
            Some((program, words)) if program == PROGRAM => wrong.extend(known.command("HEALTHCHECK", words)),
            _ => wrong.push("HEALTHCHECK does not ask the program".to_owned()),
        },
    }
    let variables = of("ENV").unwrap_or_default().split_whitespace();
    let variables: super::known::Variables = variables
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    wrong.extend(known.variables("ENV", &variables));
    let listened: Vec<&str> =
        variables.values().filter_map(|value| Some(value.rsplit_once(':')?.1)).collect();
    let exposed: Vec<&str> = of("EXPOSE").unwrap_or_default().split_whitespace().collect();
    if listened.iter().any(|port| !exposed.contains(port)) || exposed.len() != listened.len() {
        wrong.push(format!("EXPOSE {exposed:?}, but it listens on {listened:?}"));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::super::known::tests::known;
    use super::*;

    const GOOD: &str = "ARG BASE=example.com/base:1\nFROM example.com/rust:1 AS build\nCOPY . .\nRUN a \\\n && b\n\
                        FROM ${BASE}\nCOPY --from=build /a /b\nENV T5G_LISTEN=0.0.0.0:8080 \\\n    T5G_OPS_LISTEN=0.0.0.0:9090\n\
                        USER 65532:65532\nEXPOSE 8080 9090\nHEALTHCHECK --retries=3 CMD [\"/usr/local/bin/t5g\", \"health\"]\n\
                        ENTRYPOINT [\"/usr/local/bin/t5g\"]\nCMD [\"up\"]\n";

    #[test]
    fn each_fault_is_found() {
        let of = |text: &str| problems(text, &known(), &|path| path == ".");
        assert_eq!(of(GOOD), Vec::<String>::new());
        for (part, broken) in [
            ("base:1", "base:latest"),
            ("base:1", "base"),
            ("COPY . .", "COPY gone ."),
            ("COPY . .", "ADD . ."),
            ("--from=build", "--from=built"),
            ("T5G_LISTEN", "T5G_LISTEM"),
            ("0.0.0.0:9090", "0.0.0.0:9091"),
            ("USER 65532:65532", "USER root"),
            ("USER 65532:65532", "USER 0"),
            ("EXPOSE 8080 9090", "EXPOSE 8080"),
            ("\"health\"]", "\"healthy\"]"),
            ("[\"up\"]", "t5g up"),
            ("[\"up\"]", "[\"upp\"]"),
            ("HEALTHCHECK", "# HEALTHCHECK"),
        ] {
            assert!(GOOD.contains(part));
            assert!(!of(&GOOD.replace(part, broken)).is_empty(), "{part} → {broken}");
        }
    }
}

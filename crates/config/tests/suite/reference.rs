//! The page and the sample agree with the reader.

use crate::common::load;
use t5g_config::{Purpose, Settings, markdown, sample};

#[test]
fn every_default_can_be_read() {
    let loaded = load(None, &[], Purpose::Tool).unwrap();
    let fields = Settings::SECTIONS.iter().map(|section| section.fields.len()).sum::<usize>();
    assert_eq!(loaded.effective.len(), fields);
}

#[test]
fn the_sample_says_every_setting_and_sets_none() {
    let sample = sample();
    assert!(load(Some(&sample), &[], Purpose::Tool).is_ok());
    let settings: String = sample
        .lines()
        .filter_map(|line| {
            line.strip_prefix("# ")
                .filter(|rest| rest.split(' ').nth(1) == Some("="))
                .or(line.strip_prefix('['))
        })
        .map(|line| {
            if line.ends_with(']') && !line.contains('=') {
                format!("[{line}\n")
            } else {
                format!("{line}\n")
            }
        })
        .collect();
    let fields = Settings::SECTIONS.iter().map(|section| section.fields.len()).sum::<usize>();
    assert_eq!(settings.lines().filter(|line| line.contains(" = ")).count(), fields);
    let loaded = load(Some(&settings), &[], Purpose::Tool).unwrap();
    assert_eq!(loaded.effective, {
        let mut plain = load(None, &[], Purpose::Tool).unwrap().effective;
        for entry in &mut plain {
            if entry.value.is_some() && entry.origin == "default" {
                entry.origin = "t5g.toml".to_owned();
            }
        }
        plain
    });
}

#[test]
fn the_page_names_every_setting_and_every_old_name() {
    let page = markdown();
    for field in Settings::SECTIONS.iter().flat_map(|section| section.fields) {
        assert!(page.contains(&format!("`{}`", field.env_name())), "{}", field.path());
        for old in field.old.iter().chain(field.standard) {
            assert!(page.contains(&format!("`{old}`")), "{old}");
        }
    }
}

#[test]
fn names_in_the_environment_are_unique() {
    let mut names: Vec<String> = Vec::new();
    for field in Settings::SECTIONS.iter().flat_map(|section| section.fields) {
        names.push(field.env_name());
        names.extend(field.old.iter().chain(field.standard).map(|old| (*old).to_owned()));
    }
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn every_schedule_reaches_its_task() {
    let section = Settings::SECTIONS.iter().find(|section| section.path == "schedules").unwrap();
    let lines: Vec<String> = section.fields.iter().map(|field| format!("{} = \"off\"", field.key)).collect();
    let file = format!("[schedules]\n{}", lines.join("\n"));
    let settings = load(Some(&file), &[], Purpose::Tool).unwrap().settings;
    let mut keys: Vec<&str> = section.fields.iter().map(|field| field.key).collect();
    keys.sort_unstable();
    assert_eq!(settings.schedules.set().into_keys().collect::<Vec<_>>(), keys);
}

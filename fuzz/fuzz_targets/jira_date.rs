//! Reads any text as a time. Findings become tests in `crates/model/src/time.rs`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use t5g_model::documents::Milestone;
use t5g_model::time;

fuzz_target!(|text: &str| {
    if let Ok(at) = time::read(text) {
        let again = time::read(&time::write(at)).expect("what was written can be read");
        assert_eq!(again.timestamp(), at.timestamp());
        assert_eq!(time::read_loosely(text), Ok(at));
    }
    if let Ok(day) = time::read_date(text) {
        assert!(text.trim_start().starts_with(&day.to_string()));
    }
    Milestone::Text(text.to_owned()).moment();
});

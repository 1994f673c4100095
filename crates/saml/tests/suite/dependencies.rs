//! What this room brings into the program: Rust and nothing else.

use std::collections::BTreeSet;
use std::process::Command;

/// No C code and no library of the system: neither compiled, nor linked, nor looked for.
#[test]
fn everything_is_rust() {
    let tree = [
        "tree",
        "--offline",
        "--locked",
        "-p",
        "t5g-saml",
        "-e",
        "normal,build",
        "--prefix",
        "none",
        "-f",
        "{p}",
    ];
    let output = Command::new(env!("CARGO"))
        .args(tree)
        .current_dir(t5g_testkit::repository().join("crates/saml"))
        .output();
    let output = output.expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let names: BTreeSet<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains("gamlastan"), "{names:?}");
    let builders = ["cc", "cmake", "bindgen", "pkg-config", "vcpkg"];
    // These declare functions of a library that is opened at run time by whoever has a smart card; we never do.
    let declared = ["cryptoki-sys"];
    let foreign: Vec<_> = names
        .iter()
        .filter(|name| builders.contains(name) || name.contains("openssl") || name.ends_with("-sys"))
        .filter(|name| !declared.contains(name))
        .collect();
    assert!(foreign.is_empty(), "{foreign:?}");
}

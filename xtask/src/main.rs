//! Development commands of the repository: `cargo xtask <command>`. Each is a module of that name. They use
//! the same tools as people do and say what they run.

#![expect(clippy::print_stderr, reason = "a command for people: it says what it does")]
#![expect(
    clippy::disallowed_methods,
    reason = "reads the repository's own files, blocking, on no async thread"
)]

mod alerts;
mod assets;
mod bench;
mod check;
mod demo;
mod deploy;
mod fuzz;
mod gen_docs;
mod need;
mod performance;
mod proof;
mod reproduce;
mod sbom;
mod sh;
mod supply;
mod test;

use std::process::ExitCode;

type Run = fn(&[String]) -> anyhow::Result<()>;

/// Every command: name, what it does, function. The check of the documents derives from this list.
const COMMANDS: &[(&str, &str, Run)] = &[
    ("demo", "build everything and start it against the simulator; arguments go to `t5g demo`", demo::run),
    ("test", "run every check and every test", test::run),
    ("assets", "build the front end's bundle if its sources are newer; --force: in any case", assets::run),
    ("gen", "write the generated pages in docs/", gen_docs::run),
    ("check", "check that generated pages are fresh and that documents name only what exists", check::run),
    ("alerts", "have promtool play the cases of the alerts", alerts::run),
    ("bench", "run benchmarks (all, or those named) and write docs/performance.md", bench::run),
    (
        "supply",
        "check licences and known defects of what others wrote, as far as that can be asked: [FOLDER of RustSec's list]",
        supply::run,
    ),
    ("sbom", "write what is in the program as CycloneDX: [FILE]", sbom::run),
    ("soak", "an hour of traffic under a memory limit: [MINUTES] [--debug]", proof::soak),
    (
        "roll",
        "replace every process under load and count failed requests: [ROUNDS] [--debug] [--from OLD-PROGRAM]",
        proof::roll,
    ),
    ("pictures", "write docs/images with a browser", proof::pictures),
    ("reproduce", "build a commit twice, from nothing, and compare: [COMMIT]", reproduce::run),
    ("fuzz", "run fuzz targets: [SECONDS] [TARGET…]", fuzz::run),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let name = arguments.first().map_or("", String::as_str);
    let Some((_, _, run)) = COMMANDS.iter().find(|(known, ..)| *known == name) else {
        eprintln!("cargo xtask <command>\n");
        for (name, about, _) in COMMANDS {
            eprintln!("  {name:8} {about}");
        }
        return ExitCode::from(if matches!(name, "help" | "--help" | "-h") { 0 } else { 2 });
    };
    match run(arguments.get(1..).unwrap_or_default()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\ncargo xtask {name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

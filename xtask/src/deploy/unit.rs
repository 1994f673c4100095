//! The systemd unit: its keys exist, it starts what there is, and it is hardened.

use super::known::{Known, PROGRAM, Variables};

/// Where it is.
pub(super) const FILE: &str = "deploy/systemd/t5g.service";

/// Runs single commands as the unit would.
pub(super) const BESIDE: &str = "deploy/systemd/t5gctl.sh";

const KEYS: &str = "Description Documentation Wants After Type ExecStartPre ExecStart Environment EnvironmentFile \
    LoadCredential WorkingDirectory Restart RestartSec TimeoutStopSec KillMode DynamicUser User StateDirectory \
    StateDirectoryMode ConfigurationDirectory UMask MemoryMax TasksMax LimitNOFILE AmbientCapabilities \
    CapabilityBoundingSet LockPersonality MemoryDenyWriteExecute NoNewPrivileges PrivateDevices PrivateTmp ProcSubset \
    ProtectClock ProtectControlGroups ProtectHome ProtectHostname ProtectKernelLogs ProtectKernelModules \
    ProtectKernelTunables ProtectProc ProtectSystem RemoveIPC RestrictAddressFamilies RestrictNamespaces \
    RestrictRealtime RestrictSUIDSGID SystemCallArchitectures SystemCallFilter WantedBy";
/// Without these it would have rights that it does not need.
const HARDENED: [&str; 6] = [
    "DynamicUser=yes",
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "CapabilityBoundingSet=",
    "PrivateTmp=yes",
];

/// Everything that is wrong with it.
pub(super) fn problems(text: &str, known: &Known<'_>) -> Vec<String> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let mut wrong = Vec::new();
    let mut variables = Variables::new();
    let mut starts = 0;
    for line in lines.iter().filter(|line| !line.starts_with('[')) {
        let Some((key, value)) = line.split_once('=') else {
            wrong.push(format!("{line}: no assignment"));
            continue;
        };
        match key {
            unknown if !KEYS.split_whitespace().any(|known| known == unknown) => {
                wrong.push(format!("{unknown}: there is no such key, or it is not expected"));
            }
            "ExecStart" | "ExecStartPre" => {
                starts += u32::from(key == "ExecStart");
                let words: Vec<String> = value.split_whitespace().map(str::to_owned).collect();
                match words.split_first() {
                    Some((program, words)) if program == PROGRAM => wrong.extend(known.command(key, words)),
                    _ => wrong.push(format!("{key} does not start {PROGRAM}")),
                }
            }
            "Environment" => {
                let pairs = value.split_whitespace().filter_map(|pair| pair.split_once('='));
                variables.extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
            }
            _ => {}
        }
    }
    if starts != 1 {
        wrong.push("it starts not exactly one program".to_owned());
    }
    wrong.extend(known.variables("Environment", &variables));
    let state = variables.get("T5G_DATA_DIR").map(String::as_str);
    if state != Some("/var/lib/t5g") || !lines.contains(&"StateDirectory=t5g") {
        wrong.push("its data is not in its state directory".to_owned());
    }
    let weak = HARDENED.iter().filter(|line| !lines.contains(*line));
    wrong.extend(weak.map(|line| format!("{line} is missing")));
    wrong.into_iter().map(|what| format!("{FILE}: {what}")).collect()
}

/// What the unit gives the program and the script beside it does not.
pub(super) fn beside(unit: &str, script: &str) -> Vec<String> {
    let given =
        unit.lines().filter_map(|line| line.strip_prefix("Environment=")).flat_map(str::split_whitespace);
    let names = given.filter_map(|pair| pair.split_once('=')).map(|(name, _)| name);
    // A single command listens nowhere.
    let missing = names.filter(|name| *name != "T5G_LISTEN" && !script.contains(&format!("{name}=")));
    let mut wrong: Vec<String> = missing.map(|name| format!("{BESIDE}: {name} is missing")).collect();
    for line in ["DynamicUser=yes", "User=t5g", "LoadCredential=t5g:/etc/t5g/secrets", "/etc/t5g/t5g.env"] {
        if !unit.contains(line) || !script.contains(line) {
            wrong.push(format!("{line} is not in both of {FILE} and {BESIDE}"));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::super::known::tests::known;
    use super::*;

    #[test]
    fn each_fault_is_found() {
        let good = format!(
            "[Service]\nExecStart={PROGRAM} up\nEnvironment=T5G_DATA_DIR=/var/lib/t5g READ_ONLY=true\n\
             StateDirectory=t5g\n{}\n",
            HARDENED.join("\n")
        );
        assert_eq!(problems(&good, &known()), Vec::<String>::new());
        for (part, broken) in [
            ("t5g up", "t5g upp"),
            ("/usr/local/bin/t5g up", "/bin/sh -c up"),
            ("READ_ONLY", "READ_ONLI"),
            ("/var/lib/t5g", "/tmp"),
            ("StateDirectory=", "StateDirektory="),
            ("NoNewPrivileges=yes", "NoNewPrivileges=no"),
            ("ExecStart=", "ExecStartPre="),
        ] {
            assert!(!problems(&good.replace(part, broken), &known()).is_empty(), "{part} → {broken}");
        }
    }

    #[test]
    fn a_command_that_gets_less_than_the_service_is_found() {
        let unit = "DynamicUser=yes\nUser=t5g\nLoadCredential=t5g:/etc/t5g/secrets\nEnvironmentFile=-/etc/t5g/t5g.env\n\
                    Environment=T5G_LISTEN=127.0.0.1:8080 secret_key_FILE=%d/t5g_secret_key\n";
        let script = "-p DynamicUser=yes -p User=t5g -p LoadCredential=t5g:/etc/t5g/secrets -p /etc/t5g/t5g.env \
                      secret_key_FILE=x";
        assert_eq!(beside(unit, script), Vec::<String>::new());
        assert_eq!(beside(unit, &script.replace("secret_key_FILE", "secret_FILE")).len(), 1);
        assert_eq!(beside(unit, &script.replace("User=t5g", "User=root")).len(), 1);
    }
}

//! The systemd unit: its keys exist, it starts what there is, and it is hardened.

use super::known::{Known, PROGRAM, Variables};

/// Where it is.
pub(super) const FILE: &str = "deploy/systemd/t5g.service";

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
}

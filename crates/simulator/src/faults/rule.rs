//! Which request is hit: by route, every so many, by probability. Draws depend on the request and how often it
//! came, not on what else is under way, so that a concurrent run repeats.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::kind::{Family, Kind, recoverable};
use crate::dice::Dice;

/// The most rules, and the most distinct requests whose repetitions are counted.
const MOST_RULES: usize = 1_000;
const MOST_COUNTED: usize = 200_000;

/// One rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rule {
    /// `[METHOD ]path` with `*` for anything; everything if missing.
    #[serde(default = "anything")]
    pub(crate) route: String,
    /// What happens.
    pub(crate) fault: Kind,
    /// Of 1; always if missing.
    #[serde(default = "always")]
    pub(crate) probability: f64,
    /// Only these of the requests to the route, counted from 1.
    #[serde(default)]
    pub(crate) nth: Vec<u64>,
    /// At most so often.
    #[serde(default)]
    pub(crate) times: Option<u64>,
    /// Only requests whose query or body has this text in it; any if empty.
    #[serde(default)]
    pub(crate) holds: String,
    /// The request takes effect before its answer goes wrong.
    #[serde(default)]
    pub(crate) after_effect: bool,
    /// The request takes effect so many milliseconds after it came, whatever has become of its answer and its client.
    #[serde(default)]
    pub(crate) effect_after_ms: Option<u64>,
    #[serde(skip_deserializing)]
    pub(crate) seen: u64,
    #[serde(skip_deserializing)]
    pub(crate) hit: u64,
}

fn anything() -> String {
    "*".to_owned()
}

fn always() -> f64 {
    1.0
}

/// Each answer fails with this probability in one of all recoverable ways.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Preset {
    /// Of 1.
    pub(crate) everything: f64,
    /// Only requests to this route.
    #[serde(default = "anything")]
    pub(crate) route: String,
    /// Kinds to leave out, by name.
    #[serde(default)]
    pub(crate) without: Vec<String>,
    /// Of the failures of requests that write, which share comes after the request took effect, of 1.
    #[serde(default)]
    pub(crate) after_effect: f64,
}

/// A request, as far as rules look at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    /// Empty unless a rule looks at it.
    pub(crate) body: &'a str,
}

/// What goes wrong in a conversation by mail.
#[derive(Debug, Clone)]
pub(crate) struct MailFault {
    /// The code that is answered; without one the connection just ends.
    pub(crate) code: Option<u16>,
    /// At the end of a letter: whether the letter is kept all the same.
    pub(crate) after_effect: bool,
    /// The letter is kept, and then answered for well after so many milliseconds.
    pub(crate) answer_after_ms: Option<u64>,
}

/// What is to happen to one request.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) kind: Kind,
    pub(crate) after_effect: bool,
    /// Milliseconds after which it takes effect, whatever becomes of its answer.
    pub(crate) effect_after_ms: Option<u64>,
    /// For the fault's own draws.
    pub(crate) dice: Dice,
}

/// All rules, and what they did.
#[derive(Debug)]
pub(crate) struct FaultDesk {
    seed: u64,
    pub(crate) rules: Vec<Rule>,
    pub(crate) preset: Option<Preset>,
    /// Milliseconds by which every answer is late: at least, and up to so many more.
    pub(crate) latency: (u64, u64),
    /// How many requests were hit.
    pub(crate) hits: u64,
    repetitions: HashMap<u64, u64>,
}

impl FaultDesk {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, rules: Vec::new(), preset: None, latency: (0, 0), hits: 0, repetitions: HashMap::new() }
    }

    /// Adds a rule.
    pub(crate) fn add(&mut self, rule: Rule) -> Result<(), String> {
        if self.rules.len() >= MOST_RULES {
            return Err(format!("there are {MOST_RULES} rules already"));
        }
        self.rules.push(rule);
        Ok(())
    }

    /// Forgets all rules; latency stays.
    pub(crate) fn clear(&mut self) {
        self.rules.clear();
        self.preset = None;
        self.hits = 0;
        self.repetitions.clear();
    }

    /// Whether a rule looks at bodies.
    pub(crate) fn reads_bodies(&self) -> bool {
        self.rules.iter().any(|rule| !rule.holds.is_empty())
    }

    /// Milliseconds to wait, and what goes wrong with this request.
    pub(crate) fn decide(&mut self, asked: Asked<'_>) -> (u64, Option<Hit>) {
        let Asked { method, path, query, .. } = asked;
        let family = Family::of(path);
        if family == Family::Control {
            return (0, None);
        }
        let mut dice = self.dice(method, path, query);
        let wait = self.latency.0 + dice.below(self.latency.1 + 1);
        let hit = self.scripted(asked, &mut dice).or_else(|| self.drawn(method, path, family, &mut dice));
        self.hits += u64::from(hit.is_some());
        (wait, hit)
    }

    /// The same for a step of a conversation by mail: milliseconds to wait, and what goes wrong.
    pub(crate) fn decide_mail(&mut self, path: &str) -> (u64, Option<MailFault>) {
        let (wait, hit) = self.decide(Asked { method: "SMTP", path, query: "", body: "" });
        let Some(mut hit) = hit else { return (wait, None) };
        let after_effect = hit.after_effect;
        match hit.kind {
            Kind::Delay { ms, spread_ms } => {
                let pause = ms + hit.dice.below(spread_ms + 1);
                if after_effect && path == "/smtp/end" {
                    let kept = MailFault { code: None, after_effect, answer_after_ms: Some(pause) };
                    return (wait, Some(kept));
                }
                (wait + pause, None)
            }
            Kind::Status { status, .. } => {
                (wait, Some(MailFault { code: Some(status), after_effect, answer_after_ms: None }))
            }
            _ => (wait, Some(MailFault { code: None, after_effect, answer_after_ms: None })),
        }
    }

    fn dice(&mut self, method: &str, path: &str, query: &str) -> Dice {
        if self.repetitions.len() >= MOST_COUNTED {
            self.repetitions.clear();
        }
        let name = format!("{method} {path}?{query}");
        let count = self.repetitions.entry(Dice::of(self.seed, &name, 0).next()).or_default();
        *count += 1;
        Dice::of(self.seed, &name, *count)
    }

    fn scripted(&mut self, asked: Asked<'_>, dice: &mut Dice) -> Option<Hit> {
        let named = |rule: &&mut Rule| {
            matches(&rule.route, asked.method, asked.path)
                && (asked.body.contains(&rule.holds) || asked.query.contains(&rule.holds))
        };
        for rule in self.rules.iter_mut().filter(named) {
            rule.seen += 1;
            let due = rule.nth.is_empty() || rule.nth.contains(&rule.seen);
            let left = rule.times.is_none_or(|times| rule.hit < times);
            if due && left && chance(dice, rule.probability) {
                rule.hit += 1;
                return Some(Hit {
                    kind: rule.fault.clone(),
                    after_effect: rule.after_effect,
                    effect_after_ms: rule.effect_after_ms,
                    dice: dice.clone(),
                });
            }
        }
        None
    }

    fn drawn(&self, method: &str, path: &str, family: Family, dice: &mut Dice) -> Option<Hit> {
        let preset = self.preset.as_ref().filter(|preset| matches(&preset.route, method, path))?;
        if !chance(dice, preset.everything) {
            return None;
        }
        let mut kinds = recoverable(family);
        kinds.retain(|kind| !preset.without.contains(&name_of(kind)));
        let at = usize::try_from(dice.below(kinds.len() as u64)).unwrap_or(0);
        let kind = kinds.into_iter().nth(at)?;
        // Only what leaves the client in doubt: a refusal after the deed would be a lie.
        let after_effect = preset.after_effect > 0.0
            && !matches!(method, "GET" | "HEAD")
            && kind.leaves_doubt()
            && chance(dice, preset.after_effect);
        Some(Hit { kind, after_effect, effect_after_ms: None, dice: dice.clone() })
    }
}

/// The kind's name as it is written in a rule.
fn name_of(kind: &Kind) -> String {
    let value = serde_json::to_value(kind).unwrap_or_default();
    value.get("kind").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

fn chance(dice: &mut Dice, probability: f64) -> bool {
    // 2^32 steps are fine enough for a probability, and exact in a float.
    f64::from(u32::try_from(dice.next() >> 32).unwrap_or(0)) < probability * 4_294_967_296.0
}

/// Whether `[METHOD ]path` with `*` for anything names the request.
fn matches(route: &str, method: &str, path: &str) -> bool {
    let (wanted, pattern) = match route.split_once(' ') {
        Some((wanted, pattern)) => (wanted, pattern),
        None => ("*", route),
    };
    if wanted != "*" && !wanted.eq_ignore_ascii_case(method) {
        return false;
    }
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == path };
    let Some(mut left) = path.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = left.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    left.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked<'a>(method: &'a str, path: &'a str) -> Asked<'a> {
        Asked { method, path, query: "", body: "" }
    }

    #[test]
    fn routes_are_named_by_method_and_pattern() {
        assert!(matches("*", "GET", "/jira/x"));
        assert!(matches("POST /jira/*/issue", "POST", "/jira/rest/api/3/issue"));
        assert!(!matches("POST /jira/*/issue", "GET", "/jira/rest/api/3/issue"));
        assert!(!matches("/jira/*/issue", "POST", "/jira/rest/api/3/issue/X-1"));
        assert!(matches("/jira/*issue*", "POST", "/jira/rest/api/3/issue/X-1"));
    }

    #[test]
    fn a_preset_hits_about_as_often_as_asked_and_repeats() {
        let count = |seed| {
            let mut desk = FaultDesk::new(seed);
            desk.preset = Some(Preset {
                everything: 0.2,
                route: "*".into(),
                without: vec!["drop".into()],
                after_effect: 0.0,
            });
            (0..5_000)
                .filter_map(|at| desk.decide(asked("GET", &format!("/portal/support/v1/cases/{at}"))).1)
                .inspect(|hit| assert_ne!(hit.kind, Kind::Drop))
                .count()
        };
        assert!((900..1_100).contains(&count(3)), "{}", count(3));
        assert_eq!(count(3), count(3));
    }

    #[test]
    fn a_share_of_the_failures_of_writes_comes_after_the_deed() {
        let mut desk = FaultDesk::new(3);
        desk.preset =
            Some(Preset { everything: 1.0, route: "*".into(), without: Vec::new(), after_effect: 0.5 });
        let mut counts = [0, 0];
        for at in 0..2_000 {
            let path = format!("/jira/rest/api/3/issue/A-{at}/comment");
            let write = desk.decide(asked("POST", &path)).1.unwrap();
            assert!(!write.after_effect || write.kind.leaves_doubt(), "{:?}", write.kind);
            counts[usize::from(write.after_effect)] += 1;
            assert!(!desk.decide(asked("GET", &path)).1.unwrap().after_effect);
        }
        assert!(counts[1] > 500 && counts[0] > 500, "{counts:?}");
    }

    #[test]
    fn mail_goes_wrong_by_the_same_rules() {
        let mut desk = FaultDesk::new(1);
        for rule in [
            r#"{"route":"/smtp/rcpt/bad@*","fault":{"kind":"status","status":550}}"#,
            r#"{"route":"SMTP /smtp/end","fault":{"kind":"drop"},"after_effect":true,"nth":[2]}"#,
        ] {
            desk.add(serde_json::from_str(rule).unwrap()).unwrap();
        }
        assert!(desk.decide_mail("/smtp/rcpt/good@x").1.is_none());
        assert_eq!(desk.decide_mail("/smtp/rcpt/bad@x").1.unwrap().code, Some(550));
        assert!(desk.decide_mail("/smtp/end").1.is_none());
        let second = desk.decide_mail("/smtp/end").1.unwrap();
        assert!(second.code.is_none() && second.after_effect);
        let late = r#"{"route":"SMTP /smtp/end","fault":{"kind":"delay","ms":50},"after_effect":true}"#;
        desk.add(serde_json::from_str(late).unwrap()).unwrap();
        let (wait, kept) = desk.decide_mail("/smtp/end");
        assert_eq!((wait, kept.unwrap().answer_after_ms), (0, Some(50)), "kept at once, answered late");
    }

    #[test]
    fn a_script_hits_what_it_names() {
        let mut desk = FaultDesk::new(1);
        let rule = r#"{"route":"POST /x","fault":{"kind":"drop"},"nth":[2,3],"times":1}"#;
        desk.add(serde_json::from_str(rule).unwrap()).unwrap();
        let hits: Vec<bool> = (0..4).map(|_| desk.decide(asked("POST", "/x")).1.is_some()).collect();
        assert_eq!(hits, [false, true, false, false]);
    }
}

//! The simulator's own routes: time, state, faults, latency, journal, counters, environment.

#![expect(clippy::unnecessary_wraps, reason = "all handlers have one shape, whether they can refuse or not")]

use axum::Router;
use axum::http::StatusCode;
use axum::routing::MethodFilter;
use serde_json::{Map, Value, json};

use crate::ask::Ask;
use crate::environment::environment;
use crate::faults::{Preset, Rule};
use crate::files::Wish;
use crate::reply::{Answer, Reply};
use crate::route::control;
use crate::state::{Shared, Sim};

/// The longest stretch of one advance: ten years.
const MOST_HOURS: u64 = 10 * 366 * 24;

/// All under `/_sim`.
pub(crate) fn routes() -> Router<Shared> {
    let get = MethodFilter::GET;
    let post = MethodFilter::POST;
    let delete = MethodFilter::DELETE;
    Router::new()
        .route("/_sim/state", control(get, state))
        .route("/_sim/advance", control(post, advance))
        .route("/_sim/environment", control(get, show_environment))
        .route("/_sim/journal", control(get, journal))
        .route("/_sim/messages", control(get, messages))
        .route("/_sim/mail", control(get, mail))
        .route("/_sim/attachments", control(post, attachments))
        .route("/_sim/requests", control(get, requests).merge(control(delete, forget_requests)))
        .route(
            "/_sim/faults",
            control(get, faults).merge(control(post, add_faults)).merge(control(delete, clear_faults)),
        )
        .route("/_sim/latency", control(post, latency))
        .route("/_sim/search-lag", control(post, search_lag))
        .route("/_sim/expire-tokens", control(post, expire_tokens))
}

fn wrong(message: &str) -> Reply {
    Reply::json(StatusCode::BAD_REQUEST, &json!({ "error": message }))
}

fn object(ask: &Ask) -> Result<Map<String, Value>, Reply> {
    match ask.json() {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(wrong("the body must be a JSON object")),
    }
}

fn state(sim: &Sim, _: &Ask) -> Answer {
    let ground = sim.read();
    let open = ground.world.cases().filter(crate::world::CaseState::is_open).count();
    Ok(Reply::ok(&json!({
        "now": ground.now(),
        "hours": ground.world.hours_lived(),
        "cases": ground.world.population(),
        "open": open,
        "writes": ground.written.journal.total(),
        "messages": ground.written.messages.len(),
        "letters": ground.written.mail.total(),
        "faults_hit": sim.faults().hits,
    })))
}

fn advance(sim: &Sim, ask: &Ask) -> Answer {
    let body = object(ask)?;
    let number = |name: &str| match body.get(name) {
        None => Ok(0),
        Some(value) => value.as_u64().ok_or_else(|| wrong(&format!("{name} must be a whole number"))),
    };
    let hours = number("hours")?.saturating_add(number("days")?.saturating_mul(24));
    if hours == 0 || hours > MOST_HOURS {
        return Err(wrong("say by how much: {\"hours\": 1} or {\"days\": 1}, at most ten years"));
    }
    let mut ground = sim.write();
    let opened = ground.world.advance(u32::try_from(hours).unwrap_or(u32::MAX));
    Ok(Reply::ok(&json!({ "now": ground.now(), "hours": ground.world.hours_lived(), "opened": opened })))
}

fn show_environment(sim: &Sim, _: &Ask) -> Answer {
    let pairs = environment(&sim.settings, &sim.read().world, &sim.base, sim.mail);
    let map: Map<String, Value> =
        pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
    Ok(Reply::ok(&Value::Object(map)))
}

fn journal(sim: &Sim, ask: &Ask) -> Answer {
    let ground = sim.read();
    let since = ask.get("since").and_then(|text| text.parse().ok()).unwrap_or(0);
    let entries = ground.written.journal.after(since, ask.number("limit", 1_000));
    Ok(Reply::ok(&json!({ "total": ground.written.journal.total(), "entries": entries })))
}

fn messages(sim: &Sim, _: &Ask) -> Answer {
    Ok(Reply::ok(&json!(sim.read().written.messages)))
}

/// The letters that came, oldest first; `since` leaves out the first so many.
fn mail(sim: &Sim, ask: &Ask) -> Answer {
    let since = ask.get("since").and_then(|text| text.parse().ok()).unwrap_or(0_u64);
    let ground = sim.read();
    let letters: Vec<_> =
        ground.written.mail.letters().iter().filter(|letter| letter.number > since).collect();
    Ok(Reply::ok(&json!({ "total": ground.written.mail.total(), "letters": letters })))
}

/// Gives a case files of any name and size.
fn attachments(sim: &Sim, ask: &Ask) -> Answer {
    #[derive(serde::Deserialize)]
    struct Wishes {
        case: String,
        files: Vec<Wish>,
    }
    let wishes: Wishes =
        serde_json::from_slice(&ask.body).map_err(|error| wrong(&format!("not files: {error}")))?;
    let mut ground = sim.write();
    if ground.world.case(&wishes.case).is_none() {
        return Err(wrong("there is no such case"));
    }
    ground.written.files.set(&wishes.case, wishes.files).map_err(|error| wrong(&error))?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn requests(sim: &Sim, _: &Ask) -> Answer {
    Ok(Reply::ok(&json!(*sim.requests())))
}

fn forget_requests(sim: &Sim, _: &Ask) -> Answer {
    sim.requests().clear();
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn faults(sim: &Sim, _: &Ask) -> Answer {
    let desk = sim.faults();
    Ok(Reply::ok(
        &json!({ "rules": desk.rules, "preset": desk.preset, "hits": desk.hits, "latency": desk.latency }),
    ))
}

/// A list of rules, one rule, or a preset.
fn add_faults(sim: &Sim, ask: &Ask) -> Answer {
    let body = ask.json().map_err(|error| wrong(&format!("the body is no JSON: {error}")))?;
    let complain = |error: serde_json::Error| wrong(&format!("not a fault: {error}"));
    if body.get("everything").is_some() {
        let preset: Preset = serde_json::from_value(body).map_err(complain)?;
        sim.faults().preset = Some(preset);
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    let rules: Vec<Rule> = match body {
        Value::Array(_) => serde_json::from_value(body).map_err(complain)?,
        one => vec![serde_json::from_value(one).map_err(complain)?],
    };
    let mut desk = sim.faults();
    for rule in rules {
        desk.add(rule).map_err(|error| wrong(&error))?;
    }
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn clear_faults(sim: &Sim, _: &Ask) -> Answer {
    sim.faults().clear();
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn latency(sim: &Sim, ask: &Ask) -> Answer {
    let body = object(ask)?;
    let ms = |name: &str| body.get(name).and_then(Value::as_u64).unwrap_or(0).min(600_000);
    sim.faults().latency = (ms("ms"), ms("spread_ms"));
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// New issues are invisible to Jira's search for so many seconds: at most an hour.
fn search_lag(sim: &Sim, ask: &Ask) -> Answer {
    let seconds = object(ask)?.get("seconds").and_then(Value::as_u64).filter(|seconds| *seconds <= 3_600);
    let seconds = seconds.ok_or_else(|| wrong("say {\"seconds\": 0 to 3600}"))?;
    sim.write().written.search_lag = u32::try_from(seconds).unwrap_or(0);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn expire_tokens(sim: &Sim, _: &Ask) -> Answer {
    sim.write().tokens.revoke_all();
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

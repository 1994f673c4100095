//! A filter's conditions as SQL on `runs`, alike on both databases; what people typed is only ever a parameter.

use chrono::{DateTime, TimeDelta, Utc};
use t5g_model::query::lexer::Order;
use t5g_store::ledger::Arg;

use super::{Test, When};
use crate::run::RunState;

impl Test {
    pub(super) fn sql(&self, now: DateTime<Utc>, args: &mut Vec<Arg>) -> String {
        let mut place = |arg: Arg| {
            args.push(arg);
            format!("${}", args.len())
        };
        match self {
            Self::Part(column, texts) => any(texts.iter().map(|text| {
                format!("LOWER({column}) LIKE {} ESCAPE '!'", place(like(text, true).as_str().into()))
            })),
            Self::Whole(column, texts) => {
                any(texts.iter().map(|text| format!("LOWER({column}) = {}", place(text.as_str().into()))))
            }
            Self::Task(name) => format!("task = {}", place(name.as_str().into())),
            Self::Id(texts) => any(texts
                .iter()
                .map(|text| format!("id LIKE {} ESCAPE '!'", place(like(text, false).as_str().into())))),
            Self::State(states) => any(states.iter().map(|state| state_sql(*state, now, &mut place))),
            Self::Origin(origins) => {
                any(origins.iter().map(|origin| format!("origin = {}", place(origin.as_str().into()))))
            }
            Self::Moment(column, order, when) => moment_sql(column, *order, *when, now, &mut place),
            Self::Text(text) => {
                let text = place(like(text, true).as_str().into());
                let columns = [
                    "task",
                    "queue",
                    "asked_by",
                    "arguments",
                    "error",
                    "result",
                    "worker",
                    "progress_message",
                ];
                let holds = |column: &&str| format!("LOWER(COALESCE({column}, '')) LIKE {text} ESCAPE '!'");
                let columns = any(columns.iter().map(holds));
                format!(
                    "({columns} OR EXISTS (SELECT 1 FROM run_logs WHERE run_logs.run = runs.id \
                     AND LOWER(run_logs.message) LIKE {text} ESCAPE '!'))"
                )
            }
        }
    }
}

fn any(conditions: impl Iterator<Item = String>) -> String {
    format!("({})", conditions.collect::<Vec<_>>().join(" OR "))
}

/// The pattern of a text that begins with, or holds, this one.
fn like(text: &str, anywhere: bool) -> String {
    let escaped = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    if anywhere { format!("%{escaped}%") } else { format!("{escaped}%") }
}

fn state_sql(state: RunState, now: DateTime<Utc>, place: &mut impl FnMut(Arg) -> String) -> String {
    match state {
        RunState::Scheduled => format!("(state = 'pending' AND due > {})", place(now.into())),
        RunState::Pending => format!("(state = 'pending' AND due <= {})", place(now.into())),
        state => format!("state = {}", place(state.as_str().into())),
    }
}

fn moment_sql(
    column: &str,
    order: Order,
    when: When,
    now: DateTime<Utc>,
    place: &mut impl FnMut(Arg) -> String,
) -> String {
    let sign = |order: Order| match order {
        Order::Less => "<",
        Order::AtMost => "<=",
        Order::More => ">",
        Order::AtLeast => ">=",
    };
    match when {
        // Less time ago is later.
        When::Ago(seconds) => {
            let then = now.checked_sub_signed(TimeDelta::seconds(seconds)).unwrap_or(DateTime::UNIX_EPOCH);
            let later = match order {
                Order::Less => Order::More,
                Order::AtMost => Order::AtLeast,
                Order::More => Order::Less,
                Order::AtLeast => Order::AtMost,
            };
            format!("{column} {} {}", sign(later), place(then.into()))
        }
        When::On(day) => {
            let begins = day.and_time(chrono::NaiveTime::MIN).and_utc();
            let ends = begins.checked_add_signed(TimeDelta::days(1)).unwrap_or(begins);
            let (sign, edge) = match order {
                Order::Less => ("<", begins),
                Order::AtLeast => (">=", begins),
                Order::More => (">=", ends),
                Order::AtMost => ("<", ends),
            };
            format!("{column} {sign} {}", place(edge.into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::RunFilter;
    use super::like;

    fn sql(text: &str) -> String {
        RunFilter::parse(text).unwrap().sql("2026-11-23T12:00:00Z".parse().unwrap()).0
    }

    #[test]
    fn conditions_become_sql_with_parameters_only() {
        assert_eq!(sql(""), "1 = 1");
        assert_eq!(sql("task:x' state:done"), "1 = 1 AND (LOWER(task) LIKE $1 ESCAPE '!') AND (state = $2)");
        assert_eq!(sql("-by:ann"), "1 = 1 AND NOT COALESCE((LOWER(asked_by) LIKE $1 ESCAPE '!'), FALSE)");
        assert_eq!(sql("asked:<2d"), "1 = 1 AND requested > $1");
        assert_eq!(sql("asked:2026-11-20"), "1 = 1 AND requested >= $1");
        assert_eq!(sql("ended:<=2026-11-20"), "1 = 1 AND finished < $1");
        assert_eq!(sql("task:=a,b"), "1 = 1 AND (LOWER(task) = $1 OR LOWER(task) = $2)");
        assert_eq!(sql("by:=ann"), "1 = 1 AND (LOWER(asked_by) = $1)");
    }

    #[test]
    fn signs_of_patterns_mean_themselves() {
        assert_eq!(like("50%_!", true), "%50!%!_!!%");
    }
}

//! The GraphQL face's `where`: operators on fields, joined by and, or, not.

use serde_json::Value;

use super::super::render;
use crate::world::{CaseState, World};

const DEEPEST: usize = 16;

/// A condition on cases.
#[derive(Debug)]
pub(super) enum Filter {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Field { name: String, operator: String, operand: Value },
}

impl Filter {
    pub(super) fn read(value: Option<&Value>) -> Result<Self, String> {
        value.map_or(Ok(Self::All(Vec::new())), |value| Self::node(value, 0))
    }

    fn node(value: &Value, depth: usize) -> Result<Self, String> {
        let map = value.as_object().ok_or("where must be an object")?;
        if depth > DEEPEST {
            return Err("where is nested too deeply".into());
        }
        let mut parts = Vec::new();
        for (name, inner) in map {
            let list = || -> Result<Vec<Self>, String> {
                let many = inner.as_array().map_or_else(|| vec![inner], |list| list.iter().collect());
                many.into_iter().map(|part| Self::node(part, depth + 1)).collect()
            };
            match name.as_str() {
                "and" => parts.push(Self::All(list()?)),
                "or" => parts.push(Self::Any(list()?)),
                "not" => parts.push(Self::Not(Box::new(Self::node(inner, depth + 1)?))),
                _ => parts.extend(Self::field(name, inner)?),
            }
        }
        Ok(Self::All(parts))
    }

    fn field(name: &str, inner: &Value) -> Result<Vec<Self>, String> {
        const FIELDS: [&str; 9] = [
            "CaseNumber__c",
            "CaseNumber",
            "Subject",
            "Status",
            "Priority",
            "CreatedDate",
            "LastModifiedDate",
            "IsClosed",
            "Account_Number__c",
        ];
        if !FIELDS.contains(&name) {
            return Err(format!("Field \"{name}\" is not defined by type \"RedHatSupportCase_Filter\""));
        }
        let tests = inner.as_object().ok_or_else(|| format!("{name}: expected operators"))?;
        tests
            .iter()
            .map(|(operator, operand)| match operator.as_str() {
                "eq" | "ne" | "like" | "in" | "nin" | "gt" | "gte" | "lt" | "lte" => Ok(Self::Field {
                    name: name.to_owned(),
                    operator: operator.clone(),
                    // Times may be wrapped: {gte: {value: "…"}}.
                    operand: operand.get("value").unwrap_or(operand).clone(),
                }),
                other => Err(format!("Field \"{other}\" is not an operator of {name}")),
            })
            .collect()
    }

    pub(super) fn matches(&self, world: &World, case: &CaseState) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.matches(world, case)),
            Self::Any(parts) => parts.iter().any(|part| part.matches(world, case)),
            Self::Not(part) => !part.matches(world, case),
            Self::Field { name, operator, operand } => holds(&value(name, world, case), operator, operand),
        }
    }
}

fn value(name: &str, world: &World, case: &CaseState) -> String {
    match name {
        "Subject" => case.problem(world),
        "Status" => case.status.as_str().to_owned(),
        "Priority" => case.severity.numbered(),
        "CreatedDate" => render::tick(world, case.life.born),
        "LastModifiedDate" => render::tick(world, case.changed),
        "IsClosed" => (!case.is_open()).to_string(),
        "Account_Number__c" => case.account_number(),
        _ => case.number.clone(),
    }
}

fn holds(value: &str, operator: &str, operand: &Value) -> bool {
    let text = |operand: &Value| operand.as_str().map_or_else(|| operand.to_string(), str::to_owned);
    let listed = || operand.as_array().is_some_and(|list| list.iter().any(|one| text(one) == value));
    let wanted = text(operand);
    match operator {
        "eq" => value == wanted,
        "ne" => value != wanted,
        "like" => value.to_lowercase().contains(&wanted.trim_matches('%').to_lowercase()),
        "in" => listed(),
        "nin" => !listed(),
        "gt" => *value > *wanted,
        "gte" => *value >= *wanted,
        "lt" => *value < *wanted,
        _ => *value <= *wanted,
    }
}

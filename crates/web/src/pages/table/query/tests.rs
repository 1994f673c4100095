//! Addresses become views and views addresses; old ones too; what cannot be read says so.

use super::*;
use crate::error::AppError;

fn read(query: &str) -> Result<TableQuery, AppError> {
    TableQuery::read(&format!("/table/all?{query}").parse().unwrap())
}

fn draw(query: &str) -> Result<Draw, AppError> {
    Draw::read(&format!("/table/all/rows?{query}").parse().unwrap())
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The new address of an old one.
fn renewed(pairs: &[(&str, &str)]) -> String {
    read(&encoded(pairs)).unwrap().link("/table/all")
}

#[test]
fn a_view_survives_the_way_through_an_address() {
    let text = "q=a+%26%23+%ED%95%9C&sev=High&sev=Urgent&account=A%2FB+%22x%22&prio=Yes&is=open&is=breached\
        &sort=-days,severity&cols=case,account,jira&rows=100&page=3&open=K-1&open=K-2&more=account";
    let query = read(text).unwrap();
    assert_eq!(query.text, "a &# 한");
    assert_eq!(query.facets[&Facet::Severity].len(), 2);
    assert_eq!(query.sort.len(), 2);
    assert_eq!(query.columns, [Column::Case, Column::Account, Column::Jira]);
    assert_eq!((query.page, query.rows.get()), (2, 100));
    assert!(query.open.has("K-2") && !query.open.has("K-3"));
    let link = query.link("/table/all");
    assert_eq!(TableQuery::read(&link.parse().unwrap()).unwrap(), query);
    assert_eq!(read(read("open=all").unwrap().link("").trim_start_matches('?')).unwrap().open, Open::All);
}

#[test]
fn nothing_said_is_a_plain_address() {
    let query = read("q=&sev=&unknown=1&sort=-severity,-prio,-critsit&rows=50&page=1").unwrap();
    assert_eq!(query, TableQuery::default());
    assert_eq!(query.link("/table/all"), "/table/all");
    assert!(!query.is_filtered());
    let usual: Vec<_> = Column::usual().map(|column| column.names().0).collect();
    assert_eq!(read(&format!("cols={}", usual.join(","))).unwrap(), TableQuery::default());
}

#[test]
fn columns_are_chosen_ordered_and_moved_the_case_always_first() {
    let columns = |query: &str| read(query).unwrap().columns;
    assert_eq!(columns("cols=jira,account,jira"), [Column::Case, Column::Jira, Column::Account]);
    let form = "col=case&col=jira&col=account";
    assert_eq!(columns(&format!("{form}&move=account-left")), [Column::Case, Column::Account, Column::Jira]);
    assert_eq!(columns(&format!("{form}&move=account-right")), [Column::Case, Column::Jira, Column::Account]);
    assert_eq!(columns(&format!("{form}&move=product-left")), [Column::Case, Column::Jira, Column::Account]);
    assert!(!TableQuery::is_tidy(&format!("/table/all?{form}").parse().unwrap()));
    assert!(TableQuery::is_tidy(&"/table/all?cols=jira&x=1".parse().unwrap()));
}

#[test]
fn rows_are_opened_and_closed() {
    assert_eq!(read("open=K-1&open=K-2&close=K-1").unwrap(), read("open=K-2").unwrap());
    assert_eq!(read("open=all&close=K-1").unwrap().open, Open::default());
    let many: Vec<_> = (0..300).map(|n| format!("open=K-{n}")).collect();
    assert!(matches!(read(&many.join("&")).unwrap().open, Open::Keys(keys) if keys.len() == MOST_OPEN));
}

#[test]
fn what_cannot_be_is_an_error_that_says_what_can() {
    for bad in [
        "is=x",
        "sort=x",
        "sort=--days",
        "sort=days,",
        "cols=case,%3Cb%3E",
        "col=x",
        "move=product",
        "move=x-left",
        "rows=0",
        "rows=201",
        "rows=-1",
        "more=x",
        "page=0",
        "page=-1",
        "page=99999999999999999999",
    ] {
        let error = read(bad).unwrap_err().to_string();
        assert!(error.contains("Known are: "), "{bad}: {error}");
    }
    let many = vec!["sev=High"; 401].join("&");
    assert!(read(&many).unwrap_err().to_string().contains("more than 400 parameters"));
}

#[test]
fn old_addresses_open_the_same_view() {
    for (old, new) in [
        (&[("order", r#"[[2,"desc"]]"#)][..], "/table/all?sort=-severity"),
        (&[("order", r#"[2,"asc"]"#)], "/table/all?sort=severity"),
        (&[("order", r#"[[2,"desc"],[3,"desc"],[4,"desc"]]"#)], "/table/all"),
        (&[("order", r#"[[13,"desc"],[1,"asc"]]"#)], "/table/all?sort=-days%2Ccase"),
        (&[("order", "[]")], "/table/all"),
        (&[("search.search", "text")], "/table/all?q=text"),
        (
            &[("search.search", "sev:high \"link  down\" OR -x")],
            "/table/all?q=%22sev%3Ahigh%22+%22link++down%22+%22OR%22+%22-x%22",
        ),
        (&[("search.search", "\"open quote")], "/table/all?q=%22open+quote%22"),
        (
            &[("searchPanes.preSelect", r#"[{"column":2,"rows":["High","1 (Urgent)"]}]"#)],
            "/table/all?sev=High&sev=Urgent",
        ),
        (
            &[(
                "searchPanes.preSelect",
                r#"[{"column":7,"rows":["A & B/<i>"]},{"column":4,"rows":["Yes"]}]"#,
            )],
            "/table/all?account=A+%26+B%2F%3Ci%3E&is=critsit",
        ),
        (
            &[("searchPanes.preSelect", r#"[{"column":1,"rows":["01234567"]},{"column":15,"rows":["No"]}]"#)],
            "/table/all?q=case%3A01234567+-is%3Adaily",
        ),
        (&[("displayStart", "100"), ("search.search", "x")], "/table/all?q=x&page=3"),
        (
            &[
                ("order", r#"[[2,"desc"]]"#),
                ("search.search", "text"),
                ("searchPanes.preSelect", r#"[{"column":2,"rows":["High"]}]"#),
            ],
            "/table/all?q=text&sev=High&sort=-severity",
        ),
    ] {
        assert_eq!(renewed(old), new);
        assert!(!TableQuery::is_tidy(&format!("/table/all?{}", encoded(old)).parse().unwrap()));
        assert!(TableQuery::is_tidy(&new.parse().unwrap()));
    }
}

#[test]
fn old_addresses_that_are_broken_say_where() {
    for (name, values) in [
        ("order", &["x", "{}", "7", r"[[2]]", r#"[["2","desc"]]"#, r#"[[0,"asc"]]"#, r#"[[16,"asc"]]"#][..]),
        ("order", &[r#"[[2,"up"]]"#, r#"[[-1,"asc"]]"#, r#"[[2.5,"asc"]]"#, r"[null]", r#"[[[2,"asc"]]]"#]),
        ("searchPanes.preSelect", &["[", "[1]", r#"[{"column":2}]"#, r#"[{"column":2,"rows":"High"}]"#]),
        ("searchPanes.preSelect", &[r#"[{"column":2,"rows":[1]}]"#, r#"[{"column":13,"rows":["5"]}]"#]),
        ("searchPanes.preSelect", &[r#"[{"column":4,"rows":["perhaps"]}]"#, r#"[{"rows":["High"]}]"#]),
        ("displayStart", &["x", "-1", "1e9", "99999999999999999999999"]),
    ] {
        for value in values {
            let error = read(&encoded(&[(name, value)])).unwrap_err().to_string();
            assert!(error.starts_with(&format!("The address says {name}=")), "{value}: {error}");
            assert!(error.contains("; expected are "), "{value}: {error}");
        }
    }
    let deep = "[".repeat(5_000);
    assert!(read(&encoded(&[("order", &deep)])).unwrap_err().to_string().len() < 300);
    let long = "a b ".repeat(2_000);
    assert_eq!(read(&encoded(&[("search.search", &long)])).unwrap().text.chars().count(), 2_001);
}

#[test]
fn the_protocol_overrides_order_and_page() {
    let asked = draw(
        "draw=7&start=100&length=50&order[0][column]=1&order[0][dir]=desc&columns[1][data]=account\
         &order[1][name]=days&order[1][dir]=asc&q=x&sort=case&page=9",
    )
    .unwrap();
    assert_eq!(asked.number, 7);
    assert_eq!(asked.query, read("q=x&sort=-account,days&page=3").unwrap());
    assert_eq!(draw("sev=High&page=2").unwrap().query, read("sev=High&page=2").unwrap());
    assert_eq!(draw("search[value]=abc").unwrap().query.text, "abc");
}

#[test]
fn a_hostile_question_is_refused_clearly() {
    for bad in [
        "draw=-1",
        "draw=%3Cscript%3E",
        "draw=4294967296",
        "start=-50",
        "start=7",
        "start=x",
        "length=-1",
        "length=0",
        "length=201",
        "length=1e3",
        "order[0][column]=x&order[0][dir]=asc",
        "order[0][column]=99999&order[0][dir]=asc",
        "order[0][column]=3&order[0][dir]=asc",
        "order[0][name]=__proto__&order[0][dir]=asc",
        "order[0][name]=days",
        "order[0][name]=days&order[0][dir]=sideways",
    ] {
        let error = draw(bad).unwrap_err();
        assert!(matches!(error, AppError::BadRequest(_)), "{bad}");
        assert!(error.to_string().contains("Known are: "), "{bad}: {error}");
    }
}

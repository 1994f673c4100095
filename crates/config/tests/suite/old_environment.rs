//! The environment of the Python dashboard, as it is.

use crate::common::load;
use t5g_config::{Purpose, Settings};

/// A whole env file as that dashboard's operators keep it.
const ENV_FILE: &str = r#"
READ_ONLY="TRUE"
fake_data=false
max_to_create=7
FLASK_LOGIN_DISABLED=true
secret_key='not so secret'
SVC_PORT=9090
offline_token="eyJhbGciOi"
redhat_api=http://127.0.0.1:9000/portal/hydra/rest
case_query=case_tags:*shift* AND NOT case_status:Deleted
max_portal_results=500
jira_server=http://127.0.0.1:9000/jira
jira_username=bot@example.com
jira_pass=jira-secret
jira_project=FIELD
jira_component=Field Work
jira_board=Field Board
jira_sprint=Field
jira_query=field
jira_labels=field, "team"
jira_escalations_project=ESC
jira_escalations_label=prio
bz_key=bz-secret
smtp_server=mail.example.com
source_email=t5g@example.com
notification_email=team@example.com
email_subject=New Cards
alert_email=alerts@example.com
bug_email=
slack_token=xoxb-1
high_severity_slack_channel=C01
low_severity_slack_channel=C02
team='[{"name": "Ana", "jira_user": "ana@example.com", "jira_account_id": "1:2", "slack_user": "U1", "accounts": ["Acme"], "active": "true", "notifieduser": "False"}]'
sla_settings={"days": {"Urgent": 3}, "partners": ["Acme"]}
rbac=field-team,cn=leads
saml_settings={"sp": {"privateKey": "saml-secret"}}
POSTGRESQL_SERVICE_HOST=db.example.com
POSTGRESQL_SERVICE_PORT=5432
POSTGRESQL_DATABASE=t5g
POSTGRESQL_USER=t5g
POSTGRESQL_PASSWORD=p@ss/word
t5g_type=Task
t5g_card_action=none
t5g_debug=true
PATH=/usr/bin
"#;

fn variables(text: &str) -> Vec<(&str, &str)> {
    text.lines().filter_map(|line| line.split_once('=')).collect()
}

#[test]
fn an_old_env_file_starts_this_software() {
    let loaded = load(None, &variables(ENV_FILE), Purpose::Server).unwrap();
    let Settings { general, access, sso, portal, jira, bugzilla, cards, ledger, log, mail, slack, .. } =
        loaded.settings;
    assert!(general.read_only && !general.fake_data && access.login_disabled && log.debug);
    assert_eq!(general.listen.to_string(), "127.0.0.1:9090");
    assert_eq!(cards.max_to_create, 7);
    assert_eq!(cards.issue_type, "Task");
    assert_eq!(sso.offline_token.unwrap().expose(), "eyJhbGciOi");
    assert_eq!(portal.base_url.as_str(), "http://127.0.0.1:9000/portal/hydra/rest");
    assert_eq!(portal.case_query.as_deref(), Some("case_tags:*shift* AND NOT case_status:Deleted"));
    assert_eq!(portal.max_portal_results, 500);
    assert_eq!(jira.sprint.as_deref(), Some("Field"));
    assert_eq!(jira.password.unwrap().expose(), "jira-secret");
    assert_eq!(bugzilla.key.unwrap().expose(), "bz-secret");
    assert!(mail.bugs.0.is_empty(), "an empty variable sets nothing");
    assert_eq!(mail.server.unwrap().to_string(), "mail.example.com");
    assert_eq!((mail.notification.0[0].as_str(), mail.subject.as_str()), ("team@example.com", "New Cards"));
    assert_eq!(slack.token.unwrap().expose(), "xoxb-1");
    assert_eq!(slack.low_severity_channel.as_deref(), Some("C02"));
    assert_eq!(access.viewers, ["field-team", "cn=leads"]);
    let member = &general.team.0[0];
    assert_eq!((member.name.as_str(), member.active, member.notifieduser), ("Ana", true, false));
    assert_eq!((general.sla.days["Urgent"], general.sla.partners.len()), (3, 1));
    assert_eq!(ledger.url.unwrap().expose(), "postgres://t5g:p%40ss%2Fword@db.example.com:5432/t5g");
    assert_eq!(loaded.notices.len(), 1, "{:?}", loaded.notices);
    assert!(loaded.notices[0].contains("t5g_card_action"));
}

#[test]
fn no_secret_is_shown() {
    let loaded = load(None, &variables(ENV_FILE), Purpose::Server).unwrap();
    let shown = format!("{:?} {:?}", loaded.settings, loaded.effective);
    for secret in
        ["eyJhbGciOi", "jira-secret", "bz-secret", "saml-secret", "xoxb-1", "ss%2Fword", "ss/word", "not so"]
    {
        assert!(!shown.contains(secret), "{secret} is shown");
    }
}

#[test]
fn only_the_word_true_is_true_there() {
    for (value, expected, notices) in
        [("true", true, 0), ("True", true, 0), ("1", false, 1), ("yes", false, 1)]
    {
        let loaded = load(None, &[("READ_ONLY", value)], Purpose::Tool).unwrap();
        assert_eq!((loaded.settings.general.read_only, loaded.notices.len()), (expected, notices), "{value}");
    }
}

#[test]
fn unset_and_empty_variables_overwrite_nothing() {
    let loaded =
        load(Some("read_only = true"), &[("READ_ONLY", ""), ("redhat_api", "\"\"")], Purpose::Tool).unwrap();
    assert!(loaded.settings.general.read_only);
    assert_eq!(loaded.settings.portal.base_url.as_str(), "https://access.redhat.com/hydra/rest");
}

#[test]
fn a_default_is_weaker_than_the_name_and_that_weaker_than_ours() {
    let take =
        |names: &[(&str, &str)]| load(None, names, Purpose::Tool).unwrap().settings.cards.max_to_create;
    let all = [("T5G_CARDS_MAX_TO_CREATE", "3"), ("max_to_create", "2"), ("t5g_max_to_create", "1")];
    assert_eq!(take(&all[2..]), 1);
    assert_eq!(take(&all[1..]), 2);
    assert_eq!(take(&all), 3);
}

#[test]
fn part_of_a_postgresql_is_told_and_not_used() {
    let loaded = load(None, &[("POSTGRESQL_USER", "t5g"), ("HOME", "/home/me")], Purpose::Tool).unwrap();
    assert_eq!(loaded.settings.ledger.url.unwrap().expose(), "sqlite:/home/me/.local/share/t5g/t5g.db");
    assert!(loaded.notices[0].contains("host, port, database, password not set"), "{:?}", loaded.notices);
}

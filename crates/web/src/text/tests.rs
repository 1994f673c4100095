//! What every form shows, and that nothing harmful comes through, whatever the text.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

fn html(source: &str) -> String {
    rich(source, WHOLE).html.0
}

/// Where a link may lead and how it is opened.
const LINK: &str = "target=\"_blank\" rel=\"noopener noreferrer\"";

#[test]
fn rendered_html_keeps_its_form_and_nothing_else() {
    for (source, shown) in [
        ("<p>One <b class=\"x\" style=\"color:red\">two</b></p>", "<p>One <b>two</b></p>"),
        ("<p>a<br/>b</p>", "<p>a<br>b</p>"),
        ("<h2 id=\"x\">Title</h2><p>t</p>", "<p><strong>Title</strong></p><p>t</p>"),
        (
            "<div class=\"code panel\"><pre class=\"code-java\">a &lt; b\n  c</pre></div>",
            "<div><pre>a &lt; b\n  c</pre></div>",
        ),
        ("<span class=\"error\">e</span><font color=\"red\">f</font>&nbsp;g", "ef&nbsp;g"),
        ("<p>x <img src=\"https://evil.example/p.png\" alt=\"screen.png\"> y</p>", "<p>x screen.png y</p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        (
            "<table><tr><th>h</th></tr><tr><td>c</td></tr></table>",
            "<table><tbody><tr><th>h</th></tr><tr><td>c</td></tr></tbody></table>",
        ),
        ("<p>unclosed <b>bold", "<p>unclosed <b>bold</b></p>"),
        ("<!-- no --><p>a</p><!doctype x><?php x ?>", "<p>a</p>"),
    ] {
        assert_eq!(html(source), shown, "{source}");
    }
}

#[test]
fn links_lead_to_the_web_and_to_mail_only_and_are_opened_safely() {
    for (source, address) in [
        (
            "<a href=\"https://example.com/a?b=c&amp;d=e\" onclick=\"x()\" target=\"_top\">t</a>",
            "https://example.com/a?b=c&amp;d=e",
        ),
        ("<p><A HREF='http://example.com'>t</A>", "http://example.com/"),
        ("<a href=mailto:a@example.com>t</a>", "mailto:a@example.com"),
        ("[t|https://example.com/x]", "https://example.com/x"),
        ("[t|https://example.com/x|smart-link]", "https://example.com/x"),
        ("[mailto:a@example.com]", "mailto:a@example.com"),
        ("see https://example.com/x.", "https://example.com/x"),
        (
            r#"{"type":"doc","content":[{"type":"text","text":"t","marks":[{"type":"link","attrs":{"href":"https://example.com/x"}}]}]}"#,
            "https://example.com/x",
        ),
    ] {
        let shown = html(source);
        assert!(
            shown.contains(&format!("<a href=\"{address}\" {LINK}>"))
                || shown.contains(&format!(
                    "<a href=\"{address}\" rel=\"noopener noreferrer\" target=\"_blank\">"
                )),
            "{source}: {shown}"
        );
    }
    for source in [
        "<a href=\"javascript:alert(1)\">t</a>",
        "<a href=\" java\nscript:alert(1)\">t</a>",
        "<a href=\"java&#115;cript&colon;alert(1)\">t</a>",
        "<a href=\"data:text/html,x\">t</a>",
        "<a href=\"//example.com\">t</a>",
        "<a href=\"/browse/A-1\">t</a>",
        "<a href=\"vbscript:x\">t</a>",
        "<p>[t|javascript:alert(1)]</p>",
        "[t|javascript:alert(1)]",
        "[javascript:alert(1)]",
        r#"{"type":"doc","content":[{"type":"text","text":"t","marks":[{"type":"link","attrs":{"href":"javascript:alert(1)"}}]}]}"#,
        r#"{"type":"doc","content":[{"type":"inlineCard","attrs":{"url":"javascript:alert(1)"}}]}"#,
    ] {
        assert!(!html(source).contains("href"), "{source}: {}", html(source));
    }
}

#[test]
fn wiki_markup_is_rendered() {
    for (source, shown) in [
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        (
            "*bold* _it_ -gone- +new+ x^2^ {{a<b}} ??who??",
            "<p><strong>bold</strong> <em>it</em> <del>gone</del> <ins>new</ins> x^2^ <code>a&lt;b</code> <cite>who</cite></p>",
        ),
        ("h2. A *title*", "<p><strong>A <strong>title</strong></strong></p>"),
        ("* a\n** b\n* c\n# d", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul><ol><li>d</li></ol>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        (
            "||k||v||\n|a|[x|https://example.com/]|",
            "<table><tbody><tr><th>k</th><th>v</th></tr><tr><td>a</td><td><a href=\"https://example.com/\" LINK>x</a></td></tr></tbody></table>",
        ),
        ("a {code:java}x < *y*\n  z{code} b", "<p>a</p><pre>x &lt; *y*\n  z</pre><p>b</p>"),
        ("{noformat}{code}{noformat}", "<pre>{code}</pre>"),
        ("{quote}said{quote}after", "<blockquote><p>said</p></blockquote><p>after</p>"),
        ("bq. said", "<blockquote>said</blockquote>"),
        ("{panel:title=T|x=y}in{panel}", "<div><p><strong>T</strong></p><p>in</p></div>"),
        (
            "{color:red}red{color} [~ada] [^log.txt] !shot.png|thumbnail!",
            "<p>red @ada log.txt [shot.png]</p>",
        ),
        ("a - b, x-y-z, 2*3*4, snake_case_name", "<p>a - b, x-y-z, 2*3*4, snake_case_name</p>"),
        (r"\*no\* a\\b C:\temp", "<p>*no* a<br>b C:\\temp</p>"),
        ("*open and _never closed", "<p>*open and _never closed</p>"),
        ("{code}never closed", "<p>{code}never closed</p>"),
        ("[a] [] [[ ] wow! really! {x} {{x", "<p>[a] [] [[ ] wow! really! {x} {{x</p>"),
        ("----", "<hr>"),
    ] {
        let shown = shown.replace("LINK", "rel=\"noopener noreferrer\" target=\"_blank\"");
        assert_eq!(
            html(source).replace(LINK, "rel=\"noopener noreferrer\" target=\"_blank\""),
            shown,
            "{source}"
        );
    }
}

#[test]
fn documents_of_jira_cloud_are_rendered() {
    let source = r#"{"version":1,"type":"doc","content":[
        {"type":"heading","attrs":{"level":2},"content":[{"type":"text","text":"T"}]},
        {"type":"paragraph","content":[{"type":"text","text":"a<b","marks":[{"type":"strong"},{"type":"textColor"}]},
            {"type":"hardBreak"},{"type":"mention","attrs":{"text":"@Ada"}},{"type":"emoji","attrs":{"shortName":":x:"}}]},
        {"type":"bulletList","content":[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"i"}]}]}]},
        {"type":"codeBlock","content":[{"type":"text","text":"x\n y"}]},
        {"type":"table","content":[{"type":"tableRow","content":[{"type":"tableHeader","content":[{"type":"text","text":"h"}]}]}]},
        {"type":"taskList","content":[{"type":"taskItem","attrs":{"state":"DONE"},"content":[{"type":"text","text":"t"}]}]},
        {"type":"date","attrs":{"timestamp":"1795442700000"}},
        {"type":"somethingNew","content":[{"type":"text","text":"kept"}]}]}"#;
    assert_eq!(
        html(source),
        "<p><strong>T</strong></p><p><strong>a&lt;b</strong><br>@Ada:x:</p><ul><li><p>i</p></li></ul><pre>x\n y</pre>\
         <table><tbody><tr><th>h</th></tr></tbody></table><ul><li>[x] t</li></ul>2026-11-23kept"
    );
    assert_eq!(words(source, 20), "T a<b @Ada:x: i x y…");
    let broken = "{\"type\":\"doc\",<script>alert(1)</script>";
    assert_eq!(html(broken), "<p>{\"type\":\"doc\",&lt;script&gt;alert(1)&lt;/script&gt;</p>");
}

/// Texts that somebody writes to do harm.
const HOSTILE: [&str; 20] = [
    crate::samples::HOSTILE,
    "<script>alert(1)</script>",
    "<p>x<script>alert(1)",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi//xlink:href=\"data:x,<script>alert(4)</script>\">",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href=\"x\" style=\"position:fixed\" onmouseover=alert(1)>x</a>",
    "<b onclick=alert(1) style=x>y</b>",
    "<form action=x><input name=csrf><button formaction=javascript:x>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<textarea><p title=\"</textarea><script>alert(1)</script>\">",
    "<style>*{display:none}</style><link rel=stylesheet href=x><meta http-equiv=refresh content=0>",
    "<table><tr><td><script>x</script></table><base href=//evil.example>",
    "<p title=\"<script>\">a</p><p title='>'onclick=x>",
    "*<script>alert(1)</script>* {{<img onerror=x>}} [x|https://a\"onclick=x]",
    "{panel:title=<script>x</script>}{panel}",
    "||<script>||\n|<img src=x onerror=y>|",
    "{\"type\":\"doc\",\"content\":[{\"type\":\"text\",\"text\":\"<script>x</script>\"},{\"type\":\"media\",\"attrs\":{\"alt\":\"<img onerror=x>\"}}]}",
];

/// Every tag of it, as the allow-list writes them.
fn assert_harmless(shown: &str, source: &str) {
    for tag in shown.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').unwrap_or_else(|| panic!("{source}: an open tag in {shown}"));
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
        assert!(clean::ELEMENTS.contains(&name), "{source}: <{tag}> in {shown}");
        if tag.len() > name.len() + 1 {
            assert_eq!(name, "a", "{source}: <{tag}> in {shown}");
            let names = tag.split('"').step_by(2).map(|name| name.trim().trim_start_matches("a "));
            for name in names.filter(|name| !name.is_empty()) {
                assert!(["href=", "rel=", "target="].contains(&name), "{source}: {name} in {shown}");
            }
            for address in tag.split("href=\"").skip(1) {
                let schemes = ["http://", "https://", "mailto:"];
                assert!(schemes.iter().any(|scheme| address.starts_with(scheme)), "{source}: {address}");
            }
        }
    }
    assert!(!shown.contains(['\u{202e}', '\0']), "{source}: {shown:?}");
}

#[test]
fn hostile_texts_come_out_harmless() {
    for source in HOSTILE {
        assert_harmless(&html(source), source);
        for around in [
            format!("<p>{source}</p>"),
            format!("{{code}}{source}{{code}}"),
            format!("* {source}\n|{source}|"),
        ] {
            assert_harmless(&html(&around), &around);
        }
    }
    assert_harmless(&html("&#8238;x&#x202e;y\u{202e}"), "direction by entity");
}

#[test]
fn words_are_the_text_alone() {
    assert_eq!(words("*Hello* [there|https://example.com]\n\n* you & <me>", 80), "Hello there you & <me>");
    assert_eq!(words("<p>Hello <b>there</b></p>", 80), "Hello there");
    assert_eq!(words("<p>Hello there</p>", 6), "Hello…");
    assert_eq!(words(&"wort ".repeat(100_000), 9), "wort wor…");
    assert_eq!(words("", 9), "");
}

#[test]
fn what_is_long_is_cut_and_says_so() {
    let long = "é".repeat(1_000_000);
    let shown = rich(&long, SHORT);
    assert!(shown.cut && shown.html.0.len() <= SHORT + 7);
    assert!(!rich("<p>short</p>", SHORT).cut);
    assert!(rich(&format!("<p>{}", "x<br>".repeat(10_000)), WHOLE).cut, "too many tags");
    let text = json(&long);
    let shown = rich(&text, SHORT);
    assert!(shown.cut && shown.html.0.len() <= SHORT + 20);
}

fn json(text: &str) -> String {
    serde_json::json!({ "type": "doc", "content": [{ "type": "text", "text": text }] }).to_string()
}

/// Each of these takes minutes if anything is quadratic.
#[test]
fn a_megabyte_of_anything_takes_no_time() {
    let patterns = [
        "<",
        "<a",
        "<a href=\"",
        "<b>",
        "<b x=1>",
        "<p><b><i>",
        "</p>",
        "<div>",
        "<table><td>",
        "<a href=x>",
        "<!--",
        "<!",
        "<script>",
        "<p a b c d",
        "&amp;",
        "*a ",
        "*_-+",
        "{{a",
        "{code:x}{quote}",
        "{noformat}",
        "[",
        "[a",
        "[a|b]",
        "!a.png",
        "!",
        "|",
        "||",
        "* a\n",
        "** a\n* b\n",
        "\\",
        "\n",
        "{color:x}",
        "https://a ",
        "a",
        "\u{202e}",
        "??",
        "^~",
        "h1. a\n",
    ];
    for pattern in patterns {
        let text = pattern.repeat((1 << 20) / pattern.len());
        let part = cut_at(&text, 1 << 17).0;
        for text in [text.clone(), format!("<p>{text}"), json(part)] {
            let start = Instant::now();
            let shown = rich(&text, WHOLE);
            assert_harmless(&shown.html.0, pattern);
            words(&text, 200);
            assert!(start.elapsed() < Duration::from_secs(3), "{pattern:?} took {:?}", start.elapsed());
        }
    }
    let nested = format!("{{\"type\":\"doc\",\"content\":[{}", "{\"content\":[".repeat(50_000));
    assert_harmless(&html(&nested), "nested");
    let unlike: Vec<_> = (0..2_000).map(|n| format!("<b a{n}>")).collect();
    assert_harmless(&html(&(unlike.concat() + &"<p>x".repeat(2_000))), "unlike formats");
    let attributes: Vec<_> = (0..20_000).map(|n| format!(" a{n}=b")).collect();
    assert_harmless(&html(&format!("<a{}>x", attributes.concat())), "attributes");
}

/// Pieces that meet each other at random.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned),
        proptest::sample::select(vec![
            "<",
            ">",
            "\"",
            "'",
            "=",
            "/",
            "<p>",
            "</p>",
            "<a href=",
            "javascript:",
            "<script>",
            "</script>",
            "<!--",
            "-->",
            "onerror=",
            "{code}",
            "{quote}",
            "{",
            "}",
            "[",
            "|",
            "]",
            "*",
            "_",
            "-",
            "\n",
            "* ",
            "\\",
            "&lt;",
            "&#60;",
            "&",
            "https://a.b/",
            "<svg>",
            "<style>",
            "<table>",
            "<td>",
            "<li>",
            "\u{0}",
            "\u{202e}",
            " ",
            "!x.png!",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,8}",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

#[test]
fn what_does_not_fit_into_a_link_or_a_table_is_put_where_it_stays() {
    for text in [
        "<p><a href=https://a.b/1>one<a href=https://a.b/2>two</a>three</a>",
        "<p><a href=https://a.b/1>one<table><a href=https://a.b/2>two</a><tr><td>three</a></td></tr></table>",
        "<li><table><li>",
        "<a href=<img src=x onerror=alert(1)><table><a href=<img src=x onerror=alert(1)>\"'&</title>{{ 7*7 }}",
    ] {
        let shown = html(text);
        assert_harmless(&shown, text);
        assert_eq!(clean::clean(&shown), shown, "{text}");
    }
}

proptest! {
    #[test]
    fn nothing_harmful_ever_comes_out(text in soup()) {
        for source in [text.clone(), format!("<p>{text}"), json(&text)] {
            let shown = html(&source);
            assert_harmless(&shown, &source);
            prop_assert_eq!(clean::clean(&shown), shown, "what was cleaned is clean");
        }
    }

    #[test]
    fn a_text_without_markup_keeps_its_words(words in "[a-z]{1,8}( [a-z]{1,8}){0,9}") {
        prop_assert_eq!(html(&words), format!("<p>{words}</p>"));
        prop_assert_eq!(super::words(&words, 200), words);
    }
}

//! Configurations and what Node 24.21 makes of them, checked by running it.

use super::*;

fn good(members: &str) -> SeaConfig {
    let text = format!("{{\"main\":\"m\",\"output\":\"o\"{members}}}");
    parse(text.as_bytes(), "c").expect("a good configuration")
}

fn bad(text: &str, expect: &str) {
    assert_eq!(
        parse(text.as_bytes(), "c"),
        Err(expect.to_owned()),
        "{text}"
    );
}

#[test]
fn members_that_are_right() {
    let plain = SeaConfig {
        main: "m".into(),
        output: "o".into(),
        ..SeaConfig::default()
    };
    let check = |members: &str, expect: SeaConfig| assert_eq!(good(members), expect, "{members}");
    check("", plain.clone());
    for members in [
        ",\"zzz\":tru",
        ",\"zzz\":[1,2,]",
        ",\"zzz\":{\"a\":[1]}",
        ",\"main\":\"m\"",
        ",\"disableExperimentalSEAWarning\":false",
        ",\"assets\":{}",
        ",\"execArgv\":[]",
        ",\"execArgvExtension\":\"env\"",
    ] {
        check(members, plain.clone());
    }
    let is_silent = SeaConfig {
        is_silent: true,
        uses_snapshot: true,
        uses_code_cache: true,
        ..plain.clone()
    };
    check(
        ",\"disableExperimentalSEAWarning\":true,\"useSnapshot\": true,\"useCodeCache\":true, \
         \"useCodeCache\":false",
        is_silent,
    );
    let pair = |key: &str, path: &str| (key.to_owned(), path.to_owned());
    let assets = SeaConfig {
        assets: vec![pair("a\0b", "x"), pair("", "y")],
        ..plain.clone()
    };
    check(
        ",\"assets\":{\"a\\u0000b\":\"x\",\"\":\"y\",\"\":\"z\"}",
        assets,
    );
    let options = SeaConfig {
        exec_argv: vec!["--a".into(), "b".into()],
        options_from: OptionsFrom::CommandLine,
        ..plain.clone()
    };
    check(
        ",\"execArgv\":[\"--a\",\"b\"],\"execArgvExtension\":\"cli\"",
        options,
    );
    let nowhere = SeaConfig {
        options_from: OptionsFrom::Nowhere,
        ..plain
    };
    check(",\"execArgvExtension\":\"none\"", nowhere);
    assert_eq!(good(",\"ma\\u0069n\":\"x\\u002ejs\"").main, "x.js");
}

#[test]
fn members_that_are_wrong() {
    let main = "\"main\" field of c is not a non-empty string";
    for text in [
        "{}",
        "{\"main\":}",
        "{\"main\":5,\"output\":\"o\"}",
        "{\"main\":\"\",\"output\":\"o\"}",
        "{\"main\":\"m\\q\",\"output\":\"o\"}",
        "{\"main\":[1,2}",
        "{\"output\":\"o\"}",
    ] {
        bad(text, main);
    }
    bad(
        "{\"main\":\"m\",\"output\":\"\"}",
        "\"output\" field of c is not a non-empty string",
    );
    bad(
        "{\"main\":\"m\"}",
        "\"output\" field of c is not a non-empty string",
    );
    let key = "Cannot read key from c";
    for text in [
        "{\"main\"}",
        "{main:\"m\"}",
        "{\"main\":\"m\",}",
        "{\"main\":\"m\" \"output\":\"o\"}",
        "{\"main\" 5,\"output\":\"o\"}",
        "{\"main\":\"m\",\"output\":\"o\",5:1}",
        "{\"a\\q\":1}",
        "{\"zzz\":[1,2}",
        "{\"zzz\":[[}",
        "{{}",
    ] {
        bad(text, key);
    }
}

#[test]
fn members_of_another_kind() {
    let check = |member: &str, expect: &str| {
        let name = member.split('"').nth(1).expect("a member");
        bad(
            &format!("{{{member}}}"),
            &format!("\"{name}\" field of c {expect}"),
        );
    };
    check(
        "\"disableExperimentalSEAWarning\":\"x\"",
        "is not a Boolean",
    );
    check("\"useSnapshot\":tru", "is not a Boolean");
    check("\"useCodeCache\":1", "is not a Boolean");
    for value in [
        "[]",
        "\"x\"",
        "{\"a\":5}",
        "{\"a\" \"b\"}",
        "{\"a\":}",
        "{\"a\":\"b\",}",
    ] {
        check(&format!("\"assets\":{value}"), "is not a map of strings");
    }
    for value in ["{}", "[1]", "[\"a\" \"b\"]", "[\"a\",]", "\"a\""] {
        check(
            &format!("\"execArgv\":{value}"),
            "is not an array of strings",
        );
    }
    check("\"execArgvExtension\":1", "is not a string");
    let words = "must be one of \"none\", \"env\", or \"cli\"";
    check("\"execArgvExtension\":\"x\"", words);
    bad(
        "[]",
        "Cannot parse JSON from c: INCORRECT_TYPE: The JSON element does not have the \
               requested type.",
    );
}

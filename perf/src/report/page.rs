//! One page of HTML for a run, or for all scenarios: what was measured where, the ratios, tables,
//! plots, and links to the records with the raw histograms. It needs no other file to be read.

use super::json::Json;
use super::svg::escape;
use super::{Part, Record, Standing, Tail, show_ratio};
use std::fmt::Write;

const STYLE: &str = "\
body{font:15px/1.45 sans-serif;max-width:1180px;margin:24px auto;padding:0 16px\
;color:#1b1b1b}h2{margin-top:48px;border-top:1px solid #ccc;padding-top:16px}\
table{border-collapse:collapse;margin:12px 0;font-size:13px;display:block;overflow-x:auto}\
th,td{padding:3px 10px;text-align:right;border-bottom:1px solid #e4e4e4;white-space:nowrap}\
th:first-child,td:first-child{text-align:left}th{background:#f4f4f4}caption{text-align:left;\
font-weight:bold;padding:6px 0;white-space:nowrap}.warning{color:#8a1c00;margin:2px 0}\
.tails .first{border-left:2px solid #bbb}.tails th[colspan]{text-align:center}\
.worse{background:#fde8e4}.better{background:#e7f4e8}nav a{margin-right:12px}\
svg{max-width:100%;height:auto;display:block;margin:12px 0}dl{display:grid;\
grid-template-columns:max-content 1fr;gap:2px 16px;font-size:13px}dd{margin:0}";

/// Where it stands what the figures mean.
const HOW: &str = "perf/MEASURING.md";

pub fn html(title: &str, records: &[&Record]) -> String {
    let mut out = String::new();
    let mut push = |text: &str| out.push_str(text);
    push("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    push("<meta name=\"viewport\" content=\"width=device-width\">");
    push(&format!(
        "<title>{}</title><style>{STYLE}</style></head><body>",
        escape(title)
    ));
    push(&format!("<h1>{}</h1>", escape(title)));
    push(&format!(
        "<p>How this is measured, and what not to believe: <code>{HOW}</code>. Ratios are taken \
         round by round; median [least .. greatest]. A question mark: the rounds do not say \
         the median to within 5 %, another run may differ from it by more than 10 %.</p>"
    ));
    push(&facts(records));
    push(&summary(records));
    push(&tails(records));
    if records.len() > 1 {
        push("<nav>");
        for record in records {
            push(&format!("<a href=\"#{0}\">{0}</a>", escape(&record.name)));
        }
        push("</nav>");
    }
    for record in records {
        push(&chapter(record));
    }
    push("</body></html>\n");
    out
}

fn facts(records: &[&Record]) -> String {
    let mut out = String::from("<dl>");
    let found = records
        .iter()
        .find_map(|record| record.facts.borrow().clone());
    if let Some(Json::Map(pairs)) = found {
        for (name, value) in pairs {
            let value = value.pretty();
            let name = escape(&name.replace('_', " "));
            write!(out, "<dt>{name}</dt><dd>{}</dd>", escape(value.trim()))
                .expect("a String takes what is written");
        }
    }
    out.push_str("</dl>");
    out
}

/// The table of how coring stands to each peer, worse and better marked.
fn summary(records: &[&Record]) -> String {
    let rows = summary_rows(records);
    let Some(head) = rows.first() else {
        return String::new();
    };
    let mut out = String::from(
        "<h2>coring and the others</h2><p>How many times as well coring does: CPU time a request \
         or operation, requests a second, latency, time of a start, memory. Below 1 we lose. Of \
         servers those rounds count in which nobody else was there, if they are eight or more.</p>\
         <table><tr>",
    );
    for cell in head {
        write!(out, "<th>{}</th>", escape(cell)).expect("a String takes what is written");
    }
    out.push_str("</tr>");
    for row in &rows[1..] {
        out.push_str("<tr>");
        for cell in row {
            let class = match cell.strip_prefix('x').and_then(median_of) {
                Some(ratio) if ratio < 0.95 => " class=\"worse\"",
                Some(ratio) if ratio > 1.05 => " class=\"better\"",
                Some(_) | None => "",
            };
            write!(out, "<td{class}>{}</td>", escape(cell))
                .expect("a String takes what is written");
        }
        out.push_str("</tr>");
    }
    out.push_str("</table>");
    out
}

/// One table of latency for all scenarios: what was asked, and three columns and the rate for each
/// peer.
fn tails(records: &[&Record]) -> String {
    let all: Vec<Tail> = records
        .iter()
        .flat_map(|record| record.tails.borrow().clone())
        .collect();
    let mut peers: Vec<&str> = Vec::new();
    let mut places: Vec<(&str, &str)> = Vec::new();
    for tail in &all {
        if !peers.contains(&tail.peer) {
            peers.push(tail.peer);
        }
        let place = (tail.what.as_str(), tail.load.as_str());
        if !places.contains(&place) {
            places.push(place);
        }
    }
    if all.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<h2>latency by load</h2><p>Open loop: from the intended sending, all rounds together, at \
         20, 50 and 80 % of each one's own ceiling (req/s says what that is) or at a rate of the \
         scenario; microseconds.</p><table class=\"tails\"><tr><th></th><th></th>",
    );
    let mut push = |text: &str| out.push_str(text);
    for peer in &peers {
        push(&format!("<th colspan=\"4\">{}</th>", escape(peer)));
    }
    push("</tr><tr><th>scenario</th><th>load</th>");
    for _ in &peers {
        push("<th class=\"first\">req/s</th><th>p50</th><th>p99</th><th>p99.9</th>");
    }
    push("</tr>");
    for (what, load) in places {
        push(&format!(
            "<tr><td>{}</td><td>{}</td>",
            escape(what),
            escape(load)
        ));
        for peer in &peers {
            let same = |tail: &&Tail| (tail.what.as_str(), tail.load.as_str()) == (what, load);
            let found = all.iter().filter(same).find(|tail| tail.peer == *peer);
            match found {
                Some(tail) => {
                    push(&format!("<td class=\"first\">{:.0}</td>", tail.per_second));
                    tail.us
                        .iter()
                        .for_each(|us| push(&format!("<td>{us:.0}</td>")));
                }
                None => push("<td class=\"first\">-</td><td>-</td><td>-</td><td>-</td>"),
            }
        }
        push("</tr>");
    }
    push("</table>");
    out
}

fn median_of(text: &str) -> Option<f64> {
    text.split(' ').next()?.parse().ok()
}

/// Head and rows: scenario, figure, then a ratio for each peer.
pub fn summary_rows(records: &[&Record]) -> Vec<Vec<String>> {
    let all: Vec<Standing> = records
        .iter()
        .flat_map(|record| record.standings.borrow().clone())
        .collect();
    let mut peers: Vec<&str> = Vec::new();
    let mut places: Vec<(String, &str)> = Vec::new();
    for standing in &all {
        if !peers.contains(&standing.peer) {
            peers.push(standing.peer);
        }
        let place = (standing.what.clone(), standing.figure);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    if all.is_empty() {
        return Vec::new();
    }
    let mut head = vec!["scenario".to_string(), "figure".to_string()];
    head.extend(peers.iter().map(|peer| format!("coring : {peer}")));
    let mut rows = vec![head];
    for (what, figure) in places {
        let mut row = vec![what.clone(), figure.to_string()];
        for peer in &peers {
            let found = all.iter().find(|standing| {
                standing.what == what && standing.figure == figure && standing.peer == *peer
            });
            row.push(show_ratio(found.map(|standing| standing.ratio)));
        }
        rows.push(row);
    }
    rows
}

fn chapter(record: &Record) -> String {
    let name = escape(&record.name);
    let mut out = format!("<h2 id=\"{name}\">{name}</h2>");
    if let Some(file) = record.file(".json") {
        let file = escape(&file);
        write!(
            out,
            "<p>Raw: every sample and whole histograms in <a href=\"{file}\">{file}</a>.</p>"
        )
        .expect("a String takes what is written");
    }
    for part in record.parts.borrow().iter() {
        match part {
            Part::Words(words) => write!(out, "<p>{}</p>", escape(words)),
            Part::Warning(words) => write!(out, "<p class=\"warning\">{}</p>", escape(words)),
            Part::Table(caption, rows) => write!(out, "{}", html_table(caption, rows)),
            Part::Plot(svg) => write!(out, "{svg}"),
        }
        .expect("a String takes what is written");
    }
    out
}

fn html_table(caption: &str, rows: &[Vec<String>]) -> String {
    let mut out = format!("<table><caption>{}</caption>", escape(caption));
    for (index, row) in rows.iter().enumerate() {
        let cell = if index == 0 { "th" } else { "td" };
        out.push_str("<tr>");
        for words in row {
            write!(out, "<{cell}>{}</{cell}>", escape(words))
                .expect("a String takes what is written");
        }
        out.push_str("</tr>");
    }
    out.push_str("</table>");
    out
}

/// The summary in Markdown, for the README.
pub fn markdown(rows: &[Vec<String>]) -> String {
    let mut out = String::new();
    for (index, row) in rows.iter().enumerate() {
        writeln!(out, "| {} |", row.join(" | ")).expect("a String takes what is written");
        if index == 0 {
            writeln!(out, "|{}", " --- |".repeat(row.len()))
                .expect("a String takes what is written");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::stats::Spread;
    use super::*;
    use crate::options::Options;

    fn record() -> Record {
        let options = Options::parse(["hello", "--runs", "none"].map(String::from).into_iter());
        let record = Record::open(&options.expect("valid"), "hello").expect("no folder is asked");
        record.table("a < b", vec![vec!["peer".into()], vec!["bun".into()]]);
        record.warning("too & fro");
        record.tail(Tail {
            what: "hello".into(),
            load: "20 %".into(),
            peer: "bun",
            per_second: 1234.4,
            us: [10.0, 20.4, 30.0],
        });
        for (peer, ratio) in [("node26", 2.0), ("bun", 0.5)] {
            record.standing(Standing {
                what: "hello".into(),
                figure: "CPU",
                peer,
                ratio: Spread::of([ratio; 5]),
            });
        }
        record
    }

    #[test]
    fn a_page_says_all() {
        let record = record();
        let page = html("t", &[&record]);
        for part in [
            "<caption>a &lt; b</caption>",
            "too &amp; fro",
            "<td class=\"better\">x2.00",
            "<td class=\"worse\">x0.50",
            "<td>20 %</td><td class=\"first\">1234</td><td>10</td><td>20</td><td>30</td>",
        ] {
            assert!(page.contains(part), "{part}");
        }
    }

    #[test]
    fn summaries_become_markdown() {
        let record = record();
        let text = markdown(&summary_rows(&[&record]));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "| scenario | figure | coring : node26 | coring : bun |"
        );
        assert_eq!(lines[1], "| --- | --- | --- | --- |");
        assert!(lines[2].starts_with("| hello | CPU | x2.00 [2.00 .. 2.00] | x0.50 "));
    }
}

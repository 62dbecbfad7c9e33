//! The page with the picture, target/node/index.html: bars by module, and what does not pass.

use super::modules::module_of;
use super::results::word;
use super::run::Outcome;
use super::table::{self, Counts, Row};

const BAR_WIDTH: f64 = 560.0;
const BAR_HEIGHT: u32 = 16;
const LEFT: u32 = 150;

const STYLE: &str = "\
body{font:14px system-ui,sans-serif;margin:2em;max-width:1200px}\
table{border-collapse:collapse;width:100%}\
td,th{text-align:left;padding:2px 8px;border-bottom:1px solid #ddd;vertical-align:top}\
td:last-child{font-family:monospace;font-size:12px;overflow-wrap:anywhere}\
input{font:inherit;width:100%;padding:4px;margin:1em 0}\
.pass{fill:#2e8b57}.skip{fill:#bbb}.fail{fill:#c0392b}.time-out{fill:#e08e0b}.crash{fill:#222}";

/// Rows are filtered by every word typed, in any column.
const SCRIPT: &str = "\
const rows=[...document.querySelectorAll('tbody tr')];\
const seen=document.getElementById('seen');\
const f=document.getElementById('filter');\
f.addEventListener('input',()=>{const w=f.value.toLowerCase().split(/\\s+/);let n=0;\
for(const r of rows){const t=r.textContent.toLowerCase();\
r.hidden=!w.every((x)=>t.includes(x));n+=!r.hidden;}\
seen.textContent=n;});";

pub fn html(rows: &[Row], node_version: &str) -> String {
    let (all, modules) = table::count(rows);
    let missing: Vec<&Row> = rows
        .iter()
        .filter(|row| row.known.outcome != Outcome::Pass)
        .collect();
    let mut text = format!(
        "<!doctype html><meta charset=utf-8><title>Node's own tests</title>\
         <style>{STYLE}</style><h1>Node's own tests</h1>\n\
         <p>Of {} files, those that skip themselves left out, {} pass: <b>hard</b>; Node {}: {}. \
         Without inner modules {}: <b>outer</b>; Node: {}.<br>Of what Node passes, {} passes \
         here, a skip being a loss: <b>strict</b>; without inner modules {}.<br>The bars show \
         every file; the figure behind them is hard.</p>\n",
        all.files,
        all.every.hard(),
        escaped(node_version),
        all.every.node_hard(),
        all.outer.hard(),
        all.outer.node_hard(),
        all.every.strict(),
        all.outer.strict(),
    );
    text += &picture(&modules);
    text += &format!(
        "<input id=filter placeholder='filter: words of any column'>\n\
         <p><span id=seen>{}</span> files that do not pass</p>\n\
         <table><thead><tr><th>file<th>module<th>end<th>Node<th>class<th>reason</thead><tbody>\n",
        missing.len()
    );
    for row in missing {
        text += &table_row(row);
    }
    text + "</tbody></table><script>" + SCRIPT + "</script>\n"
}

fn table_row(row: &Row) -> String {
    let node = match row.node {
        Outcome::Pass => "",
        other => word(other),
    };
    let reason = match row.written {
        Some(written) => format!("{written}: {}", row.known.reason),
        None => row.known.reason.clone(),
    };
    format!(
        "<tr><td>{}<td>{}<td>{}<td>{node}<td>{}<td>{}\n",
        escaped(&row.test.name),
        escaped(module_of(&row.test.name)),
        word(row.known.outcome),
        escaped(&row.known.class),
        escaped(&reason)
    )
}

/// One bar a module, as long as the share of each end, with the hard rate behind it.
fn picture(modules: &[(&str, Counts)]) -> String {
    let height = (modules.len() as u32 + 1) * (BAR_HEIGHT + 4);
    let mut text =
        format!("<svg width='900' height='{height}' font-size='12' font-family='sans-serif'>\n");
    for (index, (module, counts)) in modules.iter().enumerate() {
        let y = index as u32 * (BAR_HEIGHT + 4);
        let base = y + BAR_HEIGHT - 4;
        text += &format!(
            "<text x='{}' y='{base}' text-anchor='end'>{}</text>",
            LEFT - 8,
            escaped(module)
        );
        let mut x = f64::from(LEFT);
        let parts = [
            (Outcome::Pass, counts.passes),
            (Outcome::Skip, counts.skips),
            (Outcome::Fail, counts.fails),
            (Outcome::Timeout, counts.timeouts),
            (Outcome::Crash, counts.crashes),
        ];
        for (outcome, part) in parts.into_iter().filter(|(_, part)| *part > 0) {
            let width = BAR_WIDTH * f64::from(part) / f64::from(counts.files);
            let class = word(outcome);
            text += &format!(
                "<rect class='{class}' x='{x:.1}' y='{y}' width='{width:.1}' \
                 height='{BAR_HEIGHT}'><title>{class} {part}</title></rect>"
            );
            x += width;
        }
        text += &format!(
            "<text x='{}' y='{base}'>{}; Node {}</text>\n",
            f64::from(LEFT) + BAR_WIDTH + 8.0,
            counts.every.hard(),
            counts.every.node_hard()
        );
    }
    text + "</svg>\n"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tests_print_cannot_break_the_page() {
        assert_eq!(escaped("a <b> & c"), "a &lt;b&gt; &amp; c");
    }
}

//! The part of binding `modules` that needs no V8: names that a CommonJS text exports.

use coring_engine::{Js, ops};

use crate::Natives;

ops! { modules(Natives) {
    /// [names, names of modules whose exports are exported again]; a text that the lexer refuses
    /// exports nothing by name.
    slow cjsLexer(source: String);
} }

/// More than the longest look ahead of merve 1.2.
const BEYOND: &str = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n";

#[allow(non_snake_case)]
fn cjsLexer(_: &mut Natives, mut source: String) -> Js {
    // merve looks a few bytes beyond the text it is given: let there be some, always the same.
    let length = source.len();
    source.push_str(BEYOND);
    let Ok(analysis) = merve::parse_commonjs(&source[..length]) else {
        return Js::List(vec![Js::List(Vec::new()), Js::List(Vec::new())]);
    };
    let names = (0..analysis.exports_count()).filter_map(|index| analysis.export_name(index));
    let names = names.map(Js::from).collect();
    let again = (0..analysis.reexports_count()).filter_map(|index| analysis.reexport_name(index));
    let again = again.map(Js::from).collect();
    Js::List(vec![Js::List(names), Js::List(again)])
}

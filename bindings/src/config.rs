//! Binding `config`: what is built, under the names that Node's tests and old programs ask for.

use coring_engine::{Js, ops};

ops! { config(Natives) {
    constants = constants;
} }

const BUILT: &[(&str, bool)] = &[
    ("isDebugBuild", false),
    ("openSSLIsBoringSSL", true),
    ("hasOpenSSL", true),
    ("fipsMode", false),
    ("hasIntl", true),
    ("hasTracing", true),
    ("hasNodeOptions", true),
    ("hasInspector", true),
    ("noBrowserGlobals", false),
];

fn constants() -> Vec<(&'static str, Js)> {
    let mut rows: Vec<_> = BUILT
        .iter()
        .map(|(name, built)| (*name, Js::Bool(*built)))
        .collect();
    rows.push(("bits", Js::from(usize::BITS)));
    rows
}

//! Single executable applications: this program with a script in it. The script comes into a copy
//! of coring's own file as a note, by tools that Node's documentation names (postject), and the
//! fuse below says that it is there: a program without one looks at one byte.

mod config;
mod prepare;
mod tokens;

use std::hint::black_box;

use coring_bindings::sea::blob::{self, Application, OptionsFrom};
use coring_uring::sync::image;

use crate::cli;

pub use prepare::prepare;

/// Of Node: tools look for the text before the colon, which may stand nowhere else in the program,
/// and make the digit a 1 when they put an application in.
static FUSE: [u8; 48] = *b"NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:0";

const NOTE: &str = "NODE_SEA_BLOB";

const NODE_OPTIONS: &str = "--node-options=";

/// The application that this process is.
///
/// # Errors
/// What is wrong with it.
pub fn find() -> Result<Option<Application<'static>>, String> {
    // The compiler must not know what is there: it may be another digit by now.
    if black_box(&FUSE).last() != Some(&b'1') {
        return Ok(None);
    }
    let blob =
        image::note(NOTE).ok_or("this application has no code: there is no NODE_SEA_BLOB")?;
    let application = blob::read(blob);
    application.map(Some).map_err(|fault| {
        format!(
            "the code of this application {fault}; it is made by \
             `coring --experimental-sea-config` of the same version"
        )
    })
}

/// The command line of an application, without argv[0]: its own options, those that come after
/// them, argv[0] in the place of a script, and the user's words.
pub fn words(application: &Application, argv0: &str, arguments: &[String]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    words.extend(application.exec_argv.iter().map(|word| (*word).to_owned()));
    let takes_options = application.options_from == OptionsFrom::CommandLine;
    let options = |word: &&String| takes_options && word.starts_with(NODE_OPTIONS);
    // As in Node, the last of them counts, and what is wrong with its quotes does not.
    if let Some(word) = arguments.iter().rfind(options) {
        words.extend(cli::split_words(&word[NODE_OPTIONS.len()..]).0);
    }
    words.push(argv0.to_owned());
    words.extend(arguments.iter().filter(|word| !options(word)).cloned());
    words
}

/// Whether NODE_OPTIONS is not for this application.
pub fn ignores_node_options(application: Option<&Application>) -> bool {
    application.is_some_and(|application| application.options_from != OptionsFrom::NodeOptions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fuse_is_whole() {
        assert_eq!(find(), Ok(None));
    }

    #[test]
    fn words_of_an_application() {
        let check = |options_from, arguments: &[&str], expect: &[&str]| {
            let application = Application {
                options_from,
                exec_argv: vec!["--a", "b"],
                ..Application::default()
            };
            let arguments: Vec<String> = arguments.iter().map(|word| word.to_string()).collect();
            assert_eq!(
                words(&application, "./app", &arguments),
                expect,
                "{arguments:?}"
            );
        };
        let given = ["x", "--node-options=-c", "--node-options=--d \"e f\"", "y"];
        let same = ["--a", "b", "./app", given[0], given[1], given[2], given[3]];
        check(OptionsFrom::NodeOptions, &given, &same);
        check(OptionsFrom::Nowhere, &given, &same);
        let taken = ["--a", "b", "--d", "e f", "./app", "x", "y"];
        check(OptionsFrom::CommandLine, &given, &taken);
        let open = ["--node-options=--d \"e"];
        let expect = ["--a", "b", "--d", "e", "./app"];
        check(OptionsFrom::CommandLine, &open, &expect);
        let bare = ["--node-options", "--d"];
        let expect = ["--a", "b", "./app", "--node-options", "--d"];
        check(OptionsFrom::CommandLine, &bare, &expect);
    }
}

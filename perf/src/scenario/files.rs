//! files: what programs do with files (perf/files/shapes.js), operation by operation.

use super::shapes::{self, Shape, Suite, shape};
use crate::options::Options;
use crate::report::Record;
use crate::scratch::Scratch;
use std::fs;
use std::io::Write;
use std::path::Path;

const SHAPES: &[Shape] = &[
    shape("read-4k-1", 2.5, "readFile of 4 KiB, one after the other"),
    shape("read-4k-16", 2.5, "readFile of 4 KiB, 16 at once"),
    shape("read-4k-128", 2.5, "readFile of 4 KiB, 128 at once"),
    shape(
        "read-4k-callback-16",
        2.5,
        "the same, 16 at once, with callbacks",
    ),
    shape("read-text-16", 2.5, "readFile of 4 KiB as text, 16 at once"),
    shape("read-1m-4", 1.6, "readFile of 1 MiB, 4 at once"),
    shape(
        "random-4k-128",
        4.5,
        "4 KiB anywhere of an open file, 128 at once",
    ),
    shape("write-4k-16", 3.0, "writeFile of 4 KiB, 16 at once"),
    shape("stat-256", 2.5, "stat of 256 files at once"),
    shape("readdir-1", 1.5, "readdir of 256 names"),
    shape("readdir-32", 1.5, "readdir of 32 names"),
    shape(
        "readdir-types-1",
        1.5,
        "readdir of 256 names with their types",
    ),
    shape(
        "copy-1g",
        1.0,
        "1 GiB through two streams; an operation is 64 KiB",
    ),
    shape(
        "rm-10k",
        1.0,
        "rm -r of 10 000 files; an operation is a file",
    ),
];

pub fn run(options: &Options, record: &Record) -> Result<(), String> {
    let scratch = Scratch::new("files")?;
    let is_huge = shapes::is_wanted(options, "copy-1g");
    fill(scratch.path(), is_huge)
        .map_err(|error| format!("{}: {error}", scratch.path().display()))?;
    let suite = Suite {
        name: "files",
        file: "perf/files/shapes.js",
        shapes: SHAPES,
        place: &scratch.path().to_string_lossy(),
    };
    shapes::run(options, &suite, record)
}

/// The files that all peers read, see shapes.js; the largest only for who copies it.
fn fill(folder: &Path, is_huge: bool) -> std::io::Result<()> {
    for (name, count) in [("small", 256), ("few", 32)] {
        fs::create_dir_all(folder.join(name))?;
        for index in 0..count {
            fs::write(folder.join(format!("{name}/file-{index}")), vec![7; 4096])?;
        }
    }
    let mebibyte = vec![7; 1 << 20];
    let huge = if is_huge { 1024 } else { 0 };
    for (name, mebibytes) in [("large", 1), ("wide", 64), ("huge", huge)] {
        let mut file = fs::File::create(folder.join(name))?;
        for _ in 0..mebibytes {
            file.write_all(&mebibyte)?;
        }
        // Written out now: the disk is not to be busy with it while something is measured.
        file.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shape_is_in_the_program() {
        shapes::assert_known(SHAPES, include_str!("../../files/shapes.js"));
    }
}

//! Compiles AWS-LC's libssl, whose sources `aws-lc-sys` carries and compiles only beside bindings
//! that need libclang. Its symbols have no prefix; those of libcrypto that it calls have the one
//! of `aws-lc-sys`.

#![forbid(unsafe_code)]

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = "aws-lc-sys";

fn main() {
    let include = PathBuf::from(told("DEP_AWS_LC_0_47_0_INCLUDE"));
    let libcrypto = told("DEP_AWS_LC_0_47_0_LIBCRYPTO");
    let prefix = libcrypto
        .strip_suffix("_crypto")
        .expect("libcrypto's name is its prefix and `_crypto`");
    let root = sources();
    let mut build = cc::Build::new();
    build
        .cpp(true)
        .std("c++17")
        .include(&include)
        .include(&root)
        .define("BORINGSSL_IMPLEMENTATION", None)
        .define("BORINGSSL_PREFIX", prefix)
        .define("NDEBUG", None)
        .flag("-fno-exceptions")
        .flag("-fno-rtti")
        .flag("-ffunction-sections")
        .flag("-fdata-sections")
        .warnings(false)
        // A debug build of a handshake is of no use to anybody here.
        .opt_level(2);
    for file in files(&root.join("ssl")) {
        build.file(file);
    }
    build.compile("coring_ssl");
    println!("cargo:rerun-if-changed=build.rs");
}

fn told(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{PACKAGE} says {name}"))
}

/// Where the sources of `aws-lc-sys` are: only cargo knows. It wants all packages of the workspace
/// for that, also those that only tests need, and fetches what this machine has not got.
fn sources() -> PathBuf {
    let output = Command::new(told("CARGO"))
        .args(["metadata", "--format-version=1", "--locked"])
        .args(["--filter-platform", &told("TARGET")])
        .arg("--manifest-path")
        .arg(Path::new(&told("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .output()
        .expect("cargo runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo metadata: {complaint}");
    let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let mark = "\"manifest_path\":\"";
    let manifests = text.split(mark).skip(1).map(|rest| {
        let end = rest.find('"').expect("a JSON string ends");
        Path::new(&rest[..end])
    });
    let mut folders = manifests.filter_map(Path::parent);
    let found = folders.find(|folder| {
        let name = folder.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with("aws-lc-sys"))
    });
    let folder = found.expect("cargo knows its packages").join("aws-lc");
    assert!(folder.join("ssl").is_dir(), "{folder:?} has libssl");
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().expect("the folder is there");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.ends_with(".cc") && !name.ends_with("_test.cc"))
        })
        .collect();
    files.sort();
    assert!(files.len() > 30, "libssl has more files than {files:?}");
    files
}

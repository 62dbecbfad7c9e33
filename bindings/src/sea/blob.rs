//! What a single executable application is made of, as `--experimental-sea-config` writes it and
//! the application finds it in its own file. The format is coring's own:
//!
//! | bytes | what |
//! |--:|---|
//! | 8 | `coring\0\n` |
//! | 4 | version |
//! | 4 | flags |
//! | 8 | bytes of all this |
//!
//! then, each behind its count of bytes (8): the main script's path, its text, its code cache; and
//! each list behind its count of items (8): options, assets as key and content. Numbers are little
//! endian. Of a blob that is cut off, or somebody else's, [`read`] says so.

const MAGIC: &[u8; 8] = b"coring\0\n";
const VERSION: u32 = 1;
const HEADER_BYTES: usize = 24;

const SILENT: u32 = 1;
const CODE_CACHE: u32 = 2;
const OPTIONS_NONE: u32 = 4;
const OPTIONS_CLI: u32 = 8;
const FLAGS: u32 = SILENT | CODE_CACHE | OPTIONS_NONE | OPTIONS_CLI;

/// Where options may come from beside those that the blob has: `execArgvExtension`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OptionsFrom {
    Nowhere,
    #[default]
    NodeOptions,
    /// `--node-options=...` on the command line.
    CommandLine,
}

/// A single executable application.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Application<'a> {
    /// It runs without the warning that such applications are experimental.
    pub is_silent: bool,
    pub options_from: OptionsFrom,
    /// The name of the main script in stack traces, as the configuration has it.
    pub main_path: &'a str,
    /// UTF-8, or meant to be.
    pub main: &'a [u8],
    pub code_cache: Option<&'a [u8]>,
    pub exec_argv: Vec<&'a str>,
    /// In the order of the configuration.
    pub assets: Vec<(&'a str, &'a [u8])>,
}

impl<'a> Application<'a> {
    pub fn asset(&self, key: &str) -> Option<&'a [u8]> {
        let found = self.assets.iter().find(|(name, _)| *name == key);
        found.map(|(_, content)| *content)
    }
}

pub fn write(application: &Application) -> Vec<u8> {
    let mut flags = match application.options_from {
        OptionsFrom::Nowhere => OPTIONS_NONE,
        OptionsFrom::NodeOptions => 0,
        OptionsFrom::CommandLine => OPTIONS_CLI,
    };
    if application.is_silent {
        flags |= SILENT;
    }
    if application.code_cache.is_some() {
        flags |= CODE_CACHE;
    }
    let mut blob = Vec::with_capacity(HEADER_BYTES + application.main.len());
    blob.extend(MAGIC);
    blob.extend(VERSION.to_le_bytes());
    blob.extend(flags.to_le_bytes());
    blob.extend([0; 8]);
    put(&mut blob, application.main_path.as_bytes());
    put(&mut blob, application.main);
    put(&mut blob, application.code_cache.unwrap_or_default());
    blob.extend((application.exec_argv.len() as u64).to_le_bytes());
    for word in &application.exec_argv {
        put(&mut blob, word.as_bytes());
    }
    blob.extend((application.assets.len() as u64).to_le_bytes());
    for (key, content) in &application.assets {
        put(&mut blob, key.as_bytes());
        put(&mut blob, content);
    }
    let bytes = blob.len() as u64;
    blob[HEADER_BYTES - 8..HEADER_BYTES].copy_from_slice(&bytes.to_le_bytes());
    blob
}

fn put(blob: &mut Vec<u8>, part: &[u8]) {
    blob.extend((part.len() as u64).to_le_bytes());
    blob.extend(part);
}

/// # Errors
/// Why `blob` is none, as the end of a sentence.
pub fn read(blob: &[u8]) -> Result<Application<'_>, &'static str> {
    let mut reader = Reader(blob);
    if reader.take(MAGIC.len()) != Ok(MAGIC) {
        return Err("was not made by coring");
    }
    if reader.number::<4>()? != u64::from(VERSION) {
        return Err("was made by another version of coring");
    }
    let flags = reader.number::<4>()? as u32;
    if reader.number::<8>()? != blob.len() as u64 {
        return Err(CUT_OFF);
    }
    let options_from = match flags & (OPTIONS_NONE | OPTIONS_CLI) {
        0 => OptionsFrom::NodeOptions,
        OPTIONS_NONE => OptionsFrom::Nowhere,
        OPTIONS_CLI => OptionsFrom::CommandLine,
        _ => return Err(DAMAGED),
    };
    if flags & !FLAGS != 0 {
        return Err(DAMAGED);
    }
    let mut application = Application {
        is_silent: flags & SILENT != 0,
        options_from,
        main_path: reader.text()?,
        main: reader.part()?,
        code_cache: None,
        exec_argv: Vec::new(),
        assets: Vec::new(),
    };
    let code_cache = reader.part()?;
    application.code_cache = (flags & CODE_CACHE != 0).then_some(code_cache);
    for _ in 0..reader.number::<8>()? {
        application.exec_argv.push(reader.text()?);
    }
    for _ in 0..reader.number::<8>()? {
        application.assets.push((reader.text()?, reader.part()?));
    }
    match reader.0 {
        [] => Ok(application),
        _ => Err(DAMAGED),
    }
}

const CUT_OFF: &str = "is cut off";
const DAMAGED: &str = "is damaged";

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], &'static str> {
        let (part, rest) = self.0.split_at_checked(count).ok_or(CUT_OFF)?;
        self.0 = rest;
        Ok(part)
    }

    fn number<const BYTES: usize>(&mut self) -> Result<u64, &'static str> {
        let mut bytes = [0; 8];
        bytes[..BYTES].copy_from_slice(self.take(BYTES)?);
        Ok(u64::from_le_bytes(bytes))
    }

    fn part(&mut self) -> Result<&'a [u8], &'static str> {
        let count = self.number::<8>()?;
        self.take(usize::try_from(count).map_err(|_| CUT_OFF)?)
    }

    fn text(&mut self) -> Result<&'a str, &'static str> {
        std::str::from_utf8(self.part()?).map_err(|_| DAMAGED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Application<'static> {
        Application {
            is_silent: true,
            options_from: OptionsFrom::CommandLine,
            main_path: "a/b.js",
            main: b"1\xff",
            code_cache: Some(b"code"),
            exec_argv: vec!["--no-warnings", ""],
            assets: vec![("a\0b", b"\0"), ("", b""), ("z", b"zz")],
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let check = |application: Application| {
            let blob = write(&application);
            assert_eq!(read(&blob), Ok(application));
        };
        check(example());
        check(Application::default());
        for options_from in [OptionsFrom::Nowhere, OptionsFrom::NodeOptions] {
            check(Application {
                options_from,
                code_cache: None,
                ..example()
            });
        }
    }

    #[test]
    fn assets_have_names() {
        let application = example();
        assert_eq!(application.asset("a\0b"), Some(&b"\0"[..]));
        assert_eq!(application.asset(""), Some(&b""[..]));
        assert_eq!(application.asset("a"), None);
    }

    #[test]
    fn every_cut_is_noticed() {
        let blob = write(&example());
        for length in 0..blob.len() {
            assert!(read(&blob[..length]).is_err(), "{length}");
        }
        let mut longer = blob.clone();
        longer.push(0);
        assert_eq!(read(&longer), Err(CUT_OFF));
    }

    #[test]
    fn what_is_no_blob_is_told() {
        let check = |at: usize, byte: u8, expect: &str| {
            let mut blob = write(&example());
            blob[at] = byte;
            assert_eq!(read(&blob), Err(expect), "{at}");
        };
        check(0, b'C', "was not made by coring");
        check(8, 2, "was made by another version of coring");
        check(12, OPTIONS_CLI as u8 | OPTIONS_NONE as u8, DAMAGED);
        check(13, 1, DAMAGED);
        check(HEADER_BYTES, 200, CUT_OFF);
        check(HEADER_BYTES + 7, 255, CUT_OFF);
        check(HEADER_BYTES + 8, 255, DAMAGED);
        assert_eq!(read(b""), Err("was not made by coring"));
    }

    #[test]
    fn any_byte_may_be_wrong() {
        let blob = write(&example());
        for at in 0..blob.len() {
            for byte in [0, 1, 127, 128, 255] {
                let mut changed = blob.clone();
                changed[at] = byte;
                // Anything but a panic.
                let _ = read(&changed);
            }
        }
    }
}

//! Binding `constants`: the numbers of this kernel that `os.constants` and `fs.constants` show,
//! in Node's order. Linux; x86-64 and aarch64 agree on all of them.

use coring_engine::{Js, ops};
use coring_uring::Errno;

ops! { constants(Natives) {
    constants = constants;
} }

const SIGNALS: &[(&str, i32)] = &[
    ("SIGHUP", 1),
    ("SIGINT", 2),
    ("SIGQUIT", 3),
    ("SIGILL", 4),
    ("SIGTRAP", 5),
    ("SIGABRT", 6),
    ("SIGIOT", 6),
    ("SIGBUS", 7),
    ("SIGFPE", 8),
    ("SIGKILL", 9),
    ("SIGUSR1", 10),
    ("SIGSEGV", 11),
    ("SIGUSR2", 12),
    ("SIGPIPE", 13),
    ("SIGALRM", 14),
    ("SIGTERM", 15),
    ("SIGCHLD", 17),
    ("SIGSTKFLT", 16),
    ("SIGCONT", 18),
    ("SIGSTOP", 19),
    ("SIGTSTP", 20),
    ("SIGTTIN", 21),
    ("SIGTTOU", 22),
    ("SIGURG", 23),
    ("SIGXCPU", 24),
    ("SIGXFSZ", 25),
    ("SIGVTALRM", 26),
    ("SIGPROF", 27),
    ("SIGWINCH", 28),
    ("SIGIO", 29),
    ("SIGPOLL", 29),
    ("SIGPWR", 30),
    ("SIGSYS", 31),
];

const PRIORITY: &[(&str, i32)] = &[
    ("PRIORITY_LOW", 19),
    ("PRIORITY_BELOW_NORMAL", 10),
    ("PRIORITY_NORMAL", 0),
    ("PRIORITY_ABOVE_NORMAL", -7),
    ("PRIORITY_HIGH", -14),
    ("PRIORITY_HIGHEST", -20),
];

const DLOPEN: &[(&str, i32)] = &[
    ("RTLD_LAZY", 1),
    ("RTLD_NOW", 2),
    ("RTLD_GLOBAL", 256),
    ("RTLD_LOCAL", 0),
    ("RTLD_DEEPBIND", 8),
];

const FS: &[(&str, i32)] = &[
    ("UV_FS_SYMLINK_DIR", 1),
    ("UV_FS_SYMLINK_JUNCTION", 2),
    ("O_RDONLY", 0),
    ("O_WRONLY", 1),
    ("O_RDWR", 2),
    ("UV_DIRENT_UNKNOWN", 0),
    ("UV_DIRENT_FILE", 1),
    ("UV_DIRENT_DIR", 2),
    ("UV_DIRENT_LINK", 3),
    ("UV_DIRENT_FIFO", 4),
    ("UV_DIRENT_SOCKET", 5),
    ("UV_DIRENT_CHAR", 6),
    ("UV_DIRENT_BLOCK", 7),
    ("S_IFMT", 61440),
    ("S_IFREG", 32768),
    ("S_IFDIR", 16384),
    ("S_IFCHR", 8192),
    ("S_IFBLK", 24576),
    ("S_IFIFO", 4096),
    ("S_IFLNK", 40960),
    ("S_IFSOCK", 49152),
    ("O_CREAT", 64),
    ("O_EXCL", 128),
    ("UV_FS_O_FILEMAP", 0),
    ("UV_FS_O_TEMPORARY", 0),
    ("UV_FS_O_SHORT_LIVED", 0),
    ("UV_FS_O_SEQUENTIAL", 0),
    ("UV_FS_O_RANDOM", 0),
    ("O_NOCTTY", 256),
    ("O_TRUNC", 512),
    ("O_APPEND", 1024),
    ("O_DIRECTORY", 65536),
    ("O_NOATIME", 262144),
    ("O_NOFOLLOW", 131072),
    ("O_SYNC", 1052672),
    ("O_DSYNC", 4096),
    ("O_DIRECT", 16384),
    ("O_NONBLOCK", 2048),
    ("S_IRWXU", 448),
    ("S_IRUSR", 256),
    ("S_IWUSR", 128),
    ("S_IXUSR", 64),
    ("S_IRWXG", 56),
    ("S_IRGRP", 32),
    ("S_IWGRP", 16),
    ("S_IXGRP", 8),
    ("S_IRWXO", 7),
    ("S_IROTH", 4),
    ("S_IWOTH", 2),
    ("S_IXOTH", 1),
    ("F_OK", 0),
    ("R_OK", 4),
    ("W_OK", 2),
    ("X_OK", 1),
    ("UV_FS_COPYFILE_EXCL", 1),
    ("COPYFILE_EXCL", 1),
    ("UV_FS_COPYFILE_FICLONE", 2),
    ("COPYFILE_FICLONE", 2),
    ("UV_FS_COPYFILE_FICLONE_FORCE", 4),
    ("COPYFILE_FICLONE_FORCE", 4),
];

fn object(rows: &[(&str, i32)]) -> Js {
    let fields = rows
        .iter()
        .map(|(name, number)| ((*name).to_owned(), Js::from(*number)));
    Js::Object(fields.collect())
}

fn constants() -> Vec<(&'static str, Js)> {
    let errno = Errno::all().map(|(number, name, _)| (name.to_owned(), Js::from(number)));
    let os = [
        ("UV_UDP_REUSEADDR", Js::from(4)),
        ("dlopen", object(DLOPEN)),
        ("errno", Js::Object(errno.collect())),
        ("signals", object(SIGNALS)),
        ("priority", object(PRIORITY)),
    ];
    let os = os.map(|(name, value)| (name.to_owned(), value)).to_vec();
    vec![("os", Js::Object(os)), ("fs", object(FS))]
}

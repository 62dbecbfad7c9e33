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

const DLOPEN: &[(&str, i32)] =
    &[("RTLD_LAZY", 1), ("RTLD_NOW", 2), ("RTLD_GLOBAL", 256), ("RTLD_LOCAL", 0),
      ("RTLD_DEEPBIND", 8)];

fn object(rows: &[(&str, i32)]) -> Js {
    let fields = rows.iter().map(|(name, number)| ((*name).to_owned(), Js::from(*number)));
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
    vec![("os", Js::Object(os))]
}

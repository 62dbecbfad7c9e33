//! Children that end.

use super::*;
use coring_uring::{ChildExit, Errno};
use std::process::Command;

fn exit_of(bench: &mut Bench, script: &str) -> ChildExit {
    // Reaped through the ring, so never waited for here.
    #[allow(clippy::zombie_processes)]
    let child = Command::new("/bin/sh")
        .args(["-c", script])
        .spawn()
        .unwrap();
    let last = bench.run(Op::WaitId {
        pid: child.id() as i32,
    });
    match last.payload {
        Payload::Exit(exit) => exit,
        _ => panic!("{:?}", last.outcome()),
    }
}

#[test]
fn codes_and_signals() {
    for wait_id in [true, false] {
        let limit = |probe: &mut Probe| probe.wait_id &= wait_id;
        let mut bench = Bench::limited(RingOptions::default(), limit);
        for (script, code, signal) in [
            ("exit 0", 0, 0),
            ("exit 7", 7, 0),
            ("kill -9 $$", 0, libc::SIGKILL),
        ] {
            assert_eq!(exit_of(&mut bench, script), ChildExit { code, signal });
        }
        let nobody = bench.submit(Op::WaitId { pid: i32::MAX - 1 }, 5);
        let last = bench.expect(|completion| completion.token.kind() == 5);
        assert_eq!(last.flight, nobody);
        assert!(
            [-libc::ECHILD, -libc::ESRCH].contains(&last.result),
            "{}",
            last.result
        );
    }
}

/// Nobody else can have the number of a child whose end was not told yet.
#[test]
fn a_child_keeps_its_number_until_its_end_is_told() {
    let spawn = sync::process::Spawn {
        file: c"/bin/true".to_owned(),
        arguments: vec![c"true".to_owned()],
        ..Default::default()
    };
    let mut bench = Bench::new();
    let pid = spawn.start().unwrap();
    bench.submit(Op::WaitId { pid }, 1);
    bench.ring.begin().unwrap();
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(sync::process::kill(pid, 0), Ok(()));
    assert_eq!(bench.expect(|_| true).result, 0);
    assert_eq!(sync::process::kill(pid, 0), Err(Errno::ESRCH));
}

/// A ring made by a mighty thread must not keep its might (CVE-2024-22017 of libuv).
#[test]
fn rights_given_up_are_given_up_in_the_ring() {
    const NOBODY: u32 = 65534;
    // Without rights there is nothing to give up: then only the plain case is tested.
    let is_root = sync::process::effective_user_id() == 0;
    let path = std::env::temp_dir().join(format!("coring-secret-{}", std::process::id()));
    let path = std::ffi::CString::new(path.to_str().unwrap()).unwrap();
    let flags = libc::O_CREAT | libc::O_WRONLY;
    sync::file::close(sync::file::open(&path, flags, 0o600).unwrap()).unwrap();
    let secret = path.clone();
    let outcome = std::thread::spawn(move || {
        let mut bench = Bench::new();
        // The second goes through a worker of the kernel.
        let open = |flags| Op::OpenAt {
            path: secret.clone(),
            flags,
            mode: 0o600,
        };
        let kinds = [libc::O_RDONLY, libc::O_RDWR | libc::O_CREAT];
        for flags in kinds {
            let opened = bench.run(open(flags));
            sync::file::close(Fd::new(opened.result)).unwrap();
        }
        if is_root {
            // The raw call gives up this thread's rights alone, not those of other tests.
            // SAFETY: touches no memory.
            let given_up = unsafe { libc::syscall(libc::SYS_setresuid, NOBODY, NOBODY, NOBODY) };
            assert_eq!(given_up, 0);
        }
        kinds.map(|flags| bench.run(open(flags)).result)
    });
    let outcome = outcome.join().unwrap();
    sync::file::unlink(&path).unwrap();
    for result in outcome {
        assert_eq!(result < 0, is_root);
        assert!(result >= 0 || result == -libc::EACCES, "{result}");
    }
}

//! Children that end.

use super::*;
use coring_uring::ChildExit;
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

//! Smoke: the hello-world of Node's front page, unchanged, answered by the coring that was built.

use crate::steps::{self, Tally};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// The example listens there; it is copied verbatim, so the port is not ours to choose.
const ADDRESS: &str = "127.0.0.1:3000";
const READY_LINE: &str = "Server running at http://127.0.0.1:3000/";
const TIMEOUT: Duration = Duration::from_secs(10);

pub fn run(root: &Path) -> Tally {
    let outcome = serve(root);
    if let Err(reason) = &outcome {
        println!("smoke: {reason}");
    }
    Tally::one(outcome.is_ok())
}

fn serve(root: &Path) -> Result<(), String> {
    if TcpStream::connect(ADDRESS).is_ok() {
        return Err(format!("something else already listens on {ADDRESS}"));
    }
    let coring = steps::target(root).join("release/coring");
    let mut child = Command::new(&coring)
        .arg("examples/hello.js")
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start {}: {error}", coring.display()))?;
    let outcome = wait_ready(&mut child).and_then(|()| ask().and_then(|reply| judge(&reply)));
    // It may be dead already, and that is what `outcome` then says.
    let _ = child.kill();
    child.wait().map_err(|error| error.to_string())?;
    outcome
}

fn wait_ready(child: &mut Child) -> Result<(), String> {
    let output = child.stdout.take().expect("stdout was asked for as a pipe");
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        let read = BufReader::new(output).read_line(&mut line);
        // The receiver is gone only if it stopped waiting.
        let _ = sender.send(read.map(|_| line));
    });
    match receiver.recv_timeout(TIMEOUT) {
        Ok(Ok(line)) if line.trim_end() == READY_LINE => Ok(()),
        Ok(Ok(line)) => Err(format!("first line is {line:?}")),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no line in {} s", TIMEOUT.as_secs())),
    }
}

fn ask() -> Result<String, String> {
    let blame = |error: std::io::Error| format!("{ADDRESS}: {error}");
    let mut stream = TcpStream::connect(ADDRESS).map_err(blame)?;
    stream.set_read_timeout(Some(TIMEOUT)).map_err(blame)?;
    let request = format!("GET / HTTP/1.1\r\nHost: {ADDRESS}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(blame)?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply).map_err(blame)?;
    Ok(reply)
}

fn judge(reply: &str) -> Result<(), String> {
    let (head, body) = reply.split_once("\r\n\r\n").ok_or("no head in the reply")?;
    let good = head.starts_with("HTTP/1.1 200 OK\r\n")
        && head.contains("\r\nContent-Type: text/plain\r\n")
        && body == "Hello World";
    if good {
        Ok(())
    } else {
        Err(format!("not the reply of the example:\n{reply}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_judged() {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX: y\r\n\r\n";
        assert!(judge(&format!("{head}Hello World")).is_ok());
        assert!(judge(&format!("{head}Hello")).is_err());
        assert!(judge("HTTP/1.1 500 No\r\n\r\n").is_err());
        assert!(judge("").is_err());
    }
}

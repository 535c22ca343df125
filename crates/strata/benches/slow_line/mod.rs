//! A line to a server's socket that takes its time.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// A TCP port whose connections reach a Unix socket, half of the latency later each way.
pub(crate) struct SlowLine {
    port: u16,
}

impl SlowLine {
    /// A line to the private server, which has the database at `url`.
    pub(crate) fn to_server_of(url: &str, latency: Duration) -> Self {
        let host = url.split(['?', '&']).find_map(|pair| pair.strip_prefix("host="));
        let folder = host.unwrap_or_else(|| panic!("unset DATABASE_URL for this bench"));
        Self::to(&format!("{folder}/.s.PGSQL.5432"), latency)
    }

    /// A URL through the line to the database at `url`.
    pub(crate) fn url(&self, url: &str) -> String {
        let name = url.split(['/', '?']).nth(3).unwrap();
        format!("postgresql://postgres@127.0.0.1:{}/{name}", self.port)
    }

    fn to(socket: &str, latency: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let socket = socket.to_owned();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                client.set_nodelay(true).unwrap();
                let server = UnixStream::connect(&socket).unwrap();
                let (to_server, from_server) = (server.try_clone().unwrap(), server);
                let (to_client, from_client) = (client.try_clone().unwrap(), client);
                let ends = |stream: TcpStream| move || drop(stream.shutdown(Shutdown::Both));
                let hang_up = UnixStream::try_clone(&to_server).unwrap();
                delay(from_client, to_server, latency / 2, move || {
                    drop(hang_up.shutdown(Shutdown::Both));
                });
                let client = to_client.try_clone().unwrap();
                delay(from_server, to_client, latency / 2, ends(client));
            }
        });
        Self { port }
    }
}

/// Copies what comes in, `delay` later, without holding up what comes after it.
fn delay(
    mut from: impl Read + Send + 'static,
    mut to: impl Write + Send + 'static,
    delay: Duration,
    end: impl FnOnce() + Send + 'static,
) {
    let (sender, receiver) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            if sender.send((Instant::now() + delay, buffer[..read].to_vec())).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || {
        for (due, bytes) in receiver {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        end();
    });
}

//! Follows a channel: a page by REST, then a WebSocket from its cursor, without a gap and without a repeat.
//!
//!     cargo run -- http://localhost:4600 chat:general
//!
//! It comes back from every cut by its cursor, and refreshes its guest token while the connection is open. Prints a line
//! of JSON for each record: the page's, then each change; {"reset":true} says that all lines before it are void.

use futures_util::{SinkExt, StreamExt};
use serde_json::{json, Value};
use std::{collections::HashMap, env, time::Duration};
use tokio_tungstenite::{connect_async, tungstenite::Message};

/// Why it is over for now: refused by the server, which says so in a document, or cut.
enum Over {
    Refused(Value),
    Cut(String),
}

fn cut(error: impl ToString) -> Over {
    Over::Cut(error.to_string())
}

struct Follower {
    base: String,
    channel: String,
    token: Option<String>,
    cursor: Option<String>,
    revs: HashMap<String, u64>,
    failures: u32,
}

impl Follower {
    /// One request of REST, with the token where there is one.
    async fn ask(&self, method: reqwest::Method, path: &str) -> Result<Value, Over> {
        let mut request = reqwest::Client::new().request(method, self.base.clone() + path);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let reply = request.timeout(Duration::from_secs(30)).send().await.map_err(cut)?;
        let is_refused = reply.status().as_u16() >= 400;
        let body: Value = reply.json().await.map_err(cut)?;
        if is_refused { Err(Over::Refused(body)) } else { Ok(body) }
    }

    /// A guest's own token gives a fresh one for the same guest.
    async fn renew(&mut self) -> Result<(), Over> {
        let guest = self.ask(reqwest::Method::POST, "/v1/guests").await?;
        self.token = guest["token"].as_str().map(String::from);
        Ok(())
    }

    /// The higher revision wins, from wherever it comes.
    fn take(&mut self, record: &Value) {
        let (id, rev) = (record["id"].as_str().unwrap_or_default(), record["rev"].as_u64().unwrap_or_default());
        if rev > *self.revs.get(id).unwrap_or(&0) {
            self.revs.insert(id.into(), rev);
            println!("{record}");
        }
    }

    /// A page, where none is held, and one connection until it ends.
    async fn follow(&mut self) -> Result<(), Over> {
        if self.cursor.is_none() {
            let path = format!("/v1/channels/{}/messages?limit=50", self.channel);
            let page = self.ask(reqwest::Method::GET, &path).await?;
            page["records"].as_array().into_iter().flatten().for_each(|record| self.take(record));
            self.cursor = page["cursor"].as_str().map(String::from);
        }
        let address = self.base.replacen("http", "ws", 1) + "/v1/ws";
        let (mut socket, _) = connect_async(address).await.map_err(cut)?;
        let subscribe = json!({"id": 2, "op": "subscribe", "channel": self.channel, "after": self.cursor});
        for command in [json!({"id": 1, "op": "hello", "token": self.token}), subscribe] {
            socket.send(Message::text(command.to_string())).await.map_err(cut)?;
        }
        while let Some(message) = socket.next().await {
            let Message::Text(text) = message.map_err(cut)? else { continue };
            let frame: Value = serde_json::from_str(&text).map_err(cut)?;
            self.failures = 0;
            if frame["error"].is_object() {
                return Err(Over::Refused(frame["error"].clone()));
            }
            match frame["op"].as_str().or(frame["ok"]["resume"].as_str()) {
                Some("changes") => {
                    for change in frame["changes"].as_array().into_iter().flatten() {
                        if change["collection"] == "messages" {
                            self.take(&change["record"]);
                        }
                    }
                    self.cursor = frame["cursor"].as_str().map(String::from);
                }
                Some("reset") => {
                    // What is held is void: the page is read again.
                    println!(r#"{{"reset":true}}"#);
                    (self.revs, self.cursor) = (HashMap::new(), None);
                    return Ok(());
                }
                Some("ended") => return Err(Over::Refused(frame)),
                Some("expiring") => {
                    self.renew().await?;
                    let hello = json!({"id": 3, "op": "hello", "token": self.token});
                    socket.send(Message::text(hello.to_string())).await.map_err(cut)?;
                }
                Some("goaway") => {
                    let wait = frame["reconnectInMs"].as_u64().unwrap_or_default();
                    tokio::time::sleep(Duration::from_millis(wait)).await;
                    return Ok(());
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let [_, base, channel] = env::args().collect::<Vec<_>>().try_into().expect("an address and a channel");
    let token = env::var("DOVETAIL_TOKEN").ok();
    let mut is_stale = token.is_none();
    let mut it = Follower { base, channel, token, cursor: None, revs: HashMap::new(), failures: 0 };
    loop {
        let renewed = if is_stale { it.renew().await } else { Ok(()) };
        is_stale = is_stale && renewed.is_err();
        let mut wait = 0.0;
        match if renewed.is_ok() { it.follow().await } else { renewed } {
            Ok(()) => {}
            Err(Over::Cut(error)) => eprintln!("{error}: again soon"),
            Err(Over::Refused(problem)) => {
                is_stale = problem["code"] == "unauthenticated" || problem["code"] == "token_expired";
                assert!(is_stale || problem["retryable"] == true, "{problem}");
                wait = problem["retryAfter"].as_f64().unwrap_or_default();
            }
        }
        wait += fastrand::f64() * 0.5 * f64::from(1 << it.failures);
        tokio::time::sleep(Duration::from_secs_f64(wait)).await;
        it.failures = (it.failures + 1).min(6);
    }
}

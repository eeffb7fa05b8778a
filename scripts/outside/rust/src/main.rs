//! Follows an event stream with one of Rust's SSE libraries and prints what the library hands over.
use futures::StreamExt;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments[1].as_str() {
        "reqwest-eventsource" => follow_reqwest(&arguments[2]).await,
        "eventsource-client" => follow_launchdarkly(&arguments[2]).await,
        other => println!("end no such library: {other}"),
    }
}

/// As its README does.
async fn follow_reqwest(url: &str) {
    use reqwest_eventsource::{Event, EventSource};
    let mut source = EventSource::get(url);
    while let Some(event) = source.next().await {
        match event {
            Ok(Event::Open) => println!("open"),
            Ok(Event::Message(message)) if message.event == "changes" => println!("changes {}", message.data),
            Ok(Event::Message(_)) => {}
            Err(error) => println!("error {error}"),
        }
    }
    println!("end the stream of events ended");
}

/// As its example does: the loop goes on after an error.
async fn follow_launchdarkly(url: &str) {
    use eventsource_client::{Client, ClientBuilder, SSE};
    let client = ClientBuilder::for_url(url).expect("a URL").build();
    let mut events = client.stream();
    while let Some(event) = events.next().await {
        match event {
            Ok(SSE::Connected(_)) => println!("open"),
            Ok(SSE::Event(event)) if event.event_type == "changes" => println!("changes {}", event.data),
            Ok(_) => {}
            Err(error) => println!("error {error}"),
        }
    }
    println!("end the stream of events ended");
}

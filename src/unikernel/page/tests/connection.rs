//! A connection from its first byte to its end.

mod support;

use hotzone_page::connection::{Connection, Next};
use hotzone_page::limits;
use support::{Client, HOST, answer_to, server};

fn get(extra: &str) -> String {
    format!("GET / HTTP/1.1\r\nHost: {HOST}\r\n{extra}\r\n")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn status(bytes: &[u8]) -> String {
    text(bytes).split(' ').nth(1).unwrap_or_default().to_string()
}

/// Says one thing and tells the answer and what becomes of the connection.
fn exchange(request: &str) -> (String, Next) {
    let mut client = Client::saying(&[request.as_bytes()]);
    let next = client.converse(&mut Connection::new(false, 0), &mut server(), 0);
    (text(&client.received), next)
}

#[test]
fn connections_stay_unless_somebody_wants_them_closed() {
    for (request, stays) in [
        (get(""), true),
        (get("Connection: close\r\n"), false),
        (get("Connection: Keep-Alive, CLOSE\r\n"), false),
        (get("Connection: te\r\nConnection: close\r\n"), false),
        (get("").replace("/1.1", "/1.0"), false),
        (get("Connection: keep-alive\r\n").replace("/1.1", "/1.0"), true),
    ] {
        let (answer, next) = exchange(&request);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert_eq!(next, if stays { Next::Stay } else { Next::Close }, "{request}");
        assert_eq!(answer.contains("Connection: close\r\n"), !stays, "{request}");
        assert_eq!(
            answer.contains("Connection: keep-alive\r\n"),
            stays && request.contains("/1.0"),
            "{request}"
        );
    }
}

#[test]
fn what_cannot_be_read_is_refused_and_ends_the_connection() {
    for (request, expected) in [
        ("GET /\r\n\r\n".to_string(), "400"),
        (get("A : b\r\n"), "400"),
        (get(" folded\r\n"), "400"),
        (get("A: \x01\r\n"), "400"),
        (get("Content-Length: x\r\n"), "400"),
        (get("Content-Length: 1\r\nContent-Length: 1\r\n"), "400"),
        (get("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), "400"),
        ("PRI * HTTP/2.0\r\n\r\n".to_string(), "505"),
        (get(&format!("A: {}\r\n", "b".repeat(limits::MAX_HEAD_BYTES))), "431"),
    ] {
        let (answer, next) = exchange(&request);
        assert_eq!(status(answer.as_bytes()), expected, "{request:.80}");
        assert!(answer.contains("Connection: close\r\n"));
        assert_eq!(next, Next::Close, "{request:.80}");
    }
}

#[test]
fn a_head_may_be_as_long_as_the_limit_in_whatever_pieces() {
    let empty = get("A: \r\n").len();
    let request = get(&format!("A: {}\r\n", "b".repeat(limits::MAX_HEAD_BYTES - empty)));
    assert_eq!(request.len(), limits::MAX_HEAD_BYTES);
    let pieces: Vec<_> = request.as_bytes().chunks(1_000).collect();
    assert_eq!(status(&answer_to(&pieces)), "200");
    let longer = request.replace("A: b", "A: bb");
    let pieces: Vec<_> = longer.as_bytes().chunks(1_000).collect();
    assert_eq!(status(&answer_to(&pieces)), "431");
}

#[test]
fn bodies_of_requests_are_skipped_and_long_ones_not_waited_for() {
    let post = format!("POST / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 5\r\n\r\nGET /{}", get(""));
    let answer = text(&answer_to(&[post.as_bytes()]));
    assert!(answer.starts_with("HTTP/1.1 405 "));
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 1);
    for field in ["Content-Length: 65537\r\n", "Transfer-Encoding: chunked\r\n"] {
        let (answer, next) = exchange(&get(field));
        assert_eq!((status(answer.as_bytes()).as_str(), next), ("200", Next::Close));
        assert!(answer.contains("Connection: close\r\n"));
    }
}

#[test]
fn empty_lines_before_a_request_are_ignored() {
    let request = format!("\r\n\r\n{}\r\n{}", get(""), get(""));
    assert_eq!(text(&answer_to(&[request.as_bytes()])).matches("HTTP/1.1 200 OK").count(), 2);
}

#[test]
fn a_client_that_takes_little_gets_everything_in_the_end() {
    let requests = get("").repeat(20);
    let mut client = Client::saying(&[requests.as_bytes()]);
    client.window = 1_100;
    client.converse(&mut Connection::new(false, 0), &mut server(), 0);
    assert!(client.received == answer_to(&[requests.as_bytes()]));
    assert_eq!(text(&client.received).matches("HTTP/1.1 200 OK").count(), 20);
}

#[test]
fn a_half_closed_client_is_answered_before_the_end() {
    let mut client = Client::saying(&[get("").as_bytes(), get("").as_bytes()]);
    client.is_finished = true;
    assert_eq!(client.converse(&mut Connection::new(false, 0), &mut server(), 0), Next::Close);
    assert_eq!(text(&client.received).matches("HTTP/1.1 200 OK").count(), 2);
}

#[test]
fn silence_ends_a_connection_by_what_it_interrupts() {
    for (said, timeout, expected) in [
        (String::new(), limits::IDLE_TIMEOUT, ""),
        (get(""), limits::IDLE_TIMEOUT, "200"),
        ("GET / HT".to_string(), limits::HEAD_TIMEOUT, "408"),
    ] {
        let (mut client, mut connection) = (Client::saying(&[said.as_bytes()]), Connection::new(false, 0));
        let mut server = server();
        assert_eq!(client.converse(&mut connection, &mut server, 0), Next::Stay);
        assert_eq!(client.converse(&mut connection, &mut server, timeout - 1), Next::Stay, "{said}");
        assert_eq!(client.converse(&mut connection, &mut server, timeout), Next::Close, "{said}");
        assert_eq!(status(&client.received), expected);
    }
}

#[test]
fn a_client_that_stops_taking_or_sending_is_cut_off() {
    let (mut client, mut connection) = (Client::saying(&[get("").as_bytes()]), Connection::new(false, 0));
    client.window = 1_100;
    let mut server = server();
    connection.advance(&mut client, &mut server, 0);
    assert_eq!(connection.advance(&mut client, &mut server, limits::STALL_TIMEOUT - 1), Next::Stay);
    assert_eq!(connection.advance(&mut client, &mut server, limits::STALL_TIMEOUT), Next::Abort);
    assert_eq!(server.counters.drops, 1);

    let post = get("Content-Length: 9\r\n");
    let (mut client, mut connection) = (Client::saying(&[post.as_bytes()]), Connection::new(false, 0));
    client.converse(&mut connection, &mut server, 0);
    assert_eq!(client.converse(&mut connection, &mut server, limits::REQUEST_TIMEOUT), Next::Abort);
}

#[test]
fn many_requests_or_much_time_end_a_connection_in_order() {
    let (mut connection, mut server) = (Connection::new(false, 0), server());
    let requests = get("").repeat(limits::MAX_REQUESTS_PER_CONNECTION as usize + 1);
    let mut client = Client::saying(&[requests.as_bytes()]);
    assert_eq!(client.converse(&mut connection, &mut server, 0), Next::Close);
    let answers = text(&client.received);
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), limits::MAX_REQUESTS_PER_CONNECTION as usize);
    assert_eq!(answers.matches("Connection: close").count(), 1);

    let mut client = Client::saying(&[get("").as_bytes()]);
    let mut connection = Connection::new(false, 0);
    assert_eq!(client.converse(&mut connection, &mut server, limits::MAX_CONNECTION_AGE), Next::Close);
}

#[test]
fn only_the_controller_with_its_token_controls() {
    let counters = |token: &str| format!("GET /.hotzone/counters HTTP/1.1\r\nHost: {HOST}\r\n{token}\r\n");
    let right = counters("X-Hotzone-Token: secret\r\n");
    for (is_controller, request) in [
        (false, right.clone()),
        (true, counters("")),
        (true, counters("X-Hotzone-Token: Secret\r\n")),
        (true, counters("X-Hotzone-Token: secret1\r\n")),
        (true, counters("X-Hotzone-Token: secret\r\nX-Hotzone-Token: secret\r\n")),
        (true, right.replace("GET", "POST")),
        (true, right.replace("counters", "nothing")),
    ] {
        let mut client = Client::saying(&[request.as_bytes()]);
        client.converse(&mut Connection::new(is_controller, 0), &mut server(), 0);
        assert_eq!(status(&client.received), "404", "{request}");
    }
    let mut server = server();
    let pieces = [get(""), right, get("")].concat();
    let mut client = Client::saying(&[pieces.as_bytes()]);
    client.converse(&mut Connection::new(true, 0), &mut server, 1_234);
    let answer = text(&client.received);
    assert!(
        answer.contains("{\"requests\":1,\"bytes\":373,\"openConnections\":0,\"uptime\":1234,\"drops\":0}\n"),
        "{answer}"
    );
    assert_eq!((server.counters.requests, server.counters.bytes), (2, 746));
}

#[test]
fn a_draining_server_answers_and_closes() {
    let command = |name: &str| format!("POST /.hotzone/{name} HTTP/1.1\r\nX-Hotzone-Token: secret\r\n\r\n");
    let mut server = server();
    let mut client = Client::saying(&[command("drain").as_bytes()]);
    client.converse(&mut Connection::new(true, 0), &mut server, 0);
    assert!(server.is_draining && !server.wants_power_off);
    let mut client = Client::saying(&[get("").as_bytes()]);
    assert_eq!(client.converse(&mut Connection::new(false, 0), &mut server, 0), Next::Close);
    assert!(text(&client.received).contains("Connection: close\r\n"));
    let (mut client, mut idle) = (Client::saying(&[]), Connection::new(false, 0));
    assert_eq!(client.converse(&mut idle, &mut server, limits::DRAIN_IDLE), Next::Close);
    let mut client = Client::saying(&[command("power-off").as_bytes()]);
    client.converse(&mut Connection::new(true, 0), &mut server, 0);
    assert!(server.wants_power_off);
}

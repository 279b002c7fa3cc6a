//! The kernel's library answers as the page server does: both are held to the table in test/fixtures/answers/.

mod support;

use support::random::Random;
use support::{answer_to, fixture};

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut result = vec![];
    while let Some(byte) = bytes.next() {
        result.push(match byte {
            b'\\' => match bytes.next() {
                Some(b'r') => b'\r',
                Some(b'n') => b'\n',
                Some(b't') => b'\t',
                Some(b'x') => {
                    let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                other => other.unwrap(),
            },
            byte => byte,
        });
    }
    result
}

fn table() -> Vec<(Vec<u8>, Vec<u8>)> {
    let text = String::from_utf8(fixture("answers.txt")).unwrap();
    text.lines()
        .map(|line| {
            let (request, response) = line.split_once('\t').unwrap();
            (unescaped(request), unescaped(response))
        })
        .collect()
}

#[test]
fn every_request_of_the_table_has_the_answer_of_the_table() {
    let table = table();
    assert!(table.len() > 500);
    for (request, response) in table {
        let shown = String::from_utf8_lossy(&request).into_owned();
        let answer = answer_to(&[&request]);
        assert_eq!(String::from_utf8_lossy(&answer), String::from_utf8_lossy(&response), "{shown}");
        assert_eq!(answer, response, "{shown}");
    }
}

#[test]
fn however_requests_arrive_the_answers_are_the_same_and_in_order() {
    let table = table();
    let mut random = Random(1);
    for _ in 0..400 {
        let picked: Vec<_> = (0..1 + random.below(8)).map(|_| random.pick(&table)).collect();
        let requests = picked.iter().flat_map(|(request, _)| request).copied().collect::<Vec<u8>>();
        let responses = picked.iter().flat_map(|(_, response)| response).copied().collect::<Vec<u8>>();
        let pieces = random.cut(&requests);
        assert!(answer_to(&pieces) == responses, "{:?}", String::from_utf8_lossy(&requests));
    }
}

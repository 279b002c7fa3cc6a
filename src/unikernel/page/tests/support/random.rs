//! Repeatable chance, and rounds of it that can be told apart.

/// Repeatable numbers (xorshift64*).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 33) as usize % limit.max(1)
    }

    /// True once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn pick<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }

    /// Cuts bytes into pieces at a few places.
    pub fn cut<'b>(&mut self, bytes: &'b [u8]) -> Vec<&'b [u8]> {
        let mut places: Vec<usize> = (0..self.below(6)).map(|_| self.below(bytes.len() + 1)).collect();
        places.extend([0, bytes.len()]);
        places.sort_unstable();
        places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
    }
}

const FACTOR: &str = "HOTZONE_FUZZ_FACTOR";
const SEED: &str = "HOTZONE_FUZZ_SEED";

/// Says which round it was that failed.
struct Round(u64);

impl Drop for Round {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("to repeat this round alone: {SEED}={} cargo test NAME_OF_THE_TEST", self.0);
        }
    }
}

/// Runs so many rounds, each with chance of its own that is the same every time; FACTOR times as many by that variable
/// of the environment, and with SEED that one round alone. Returns how many there were.
pub fn rounds(count: u64, mut round: impl FnMut(&mut Random)) -> u64 {
    let number = |name| std::env::var(name).ok().map(|text| text.parse().expect("a number"));
    let seeds = match number(SEED) {
        Some(seed) => seed..seed + 1,
        None => 0..count * number(FACTOR).unwrap_or(1),
    };
    let done = seeds.end - seeds.start;
    for seed in seeds {
        let _guard = Round(seed);
        // SplitMix64's way to tell neighbouring seeds apart; xorshift must not begin with 0.
        let mixed = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        round(&mut Random((mixed ^ mixed >> 31).max(1)));
    }
    done
}

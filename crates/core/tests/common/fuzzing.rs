//! How many inputs a target gets and where they come from.
//!
//! `DAUYS_FUZZ_INPUTS` asks for that many fresh random ones from the fuzzer; without it a target gets a few thousand
//! that are the same in every run, made of hashes of a counter.

use bolero::check;
use bolero::generator::TypeGenerator;
use bolero::generator::bolero_generator::driver::{ByteSliceDriver, Options};
use dauys_core::transcript::hash;
use std::fmt::Debug;
use std::panic::RefUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many inputs there were, and how many of them had a length that is accepted.
#[derive(Default)]
pub struct Share {
    tried: AtomicU64,
    fitting: AtomicU64,
}

impl Share {
    /// Counts one input.
    pub fn count(&self, fits: bool) {
        self.tried.fetch_add(1, Ordering::Relaxed);
        self.fitting.fetch_add(u64::from(fits), Ordering::Relaxed);
    }

    /// Prints the share, which must be at least a half.
    pub fn tell(self, name: &str) {
        let (tried, fitting) = (self.tried.into_inner(), self.fitting.into_inner());
        println!(
            "{name}: {tried} inputs, {} % pass the length checks",
            100 * fitting / tried.max(1)
        );
        assert!(2 * fitting >= tried, "{fitting} of {tried}");
    }
}

/// Runs a target: `usual` inputs in a test; in a long run as many as asked for, less where one is `slow` times as dear.
pub fn fuzz<T>(usual: u32, slow: usize, run: impl Fn(&T) + RefUnwindSafe)
where
    T: TypeGenerator + Debug + RefUnwindSafe + 'static,
{
    let wanted = std::env::var("DAUYS_FUZZ_INPUTS").ok();
    if let Some(count) = wanted.and_then(|text| text.parse::<usize>().ok()) {
        check!()
            .with_type::<T>()
            .with_iterations(count.div_ceil(slow))
            .for_each(|input: &T| run(input));
        return;
    }
    for number in 0..usual {
        let bytes: Vec<u8> = (0..8u8)
            .flat_map(|block| hash("fuzz-input", &[&number.to_le_bytes(), &[block]]))
            .collect();
        let mut driver = ByteSliceDriver::new(&bytes, &Options::default());
        let input = T::generate(&mut driver).expect("bytes enough");
        run(&input);
    }
}

//! Small logarithms: the number of votes in an opened sum.
//!
//! Baby steps and giant steps. Two points are compared by the encodings of their doubles, because those are
//! made for a whole batch with one inversion.

use crate::error::Error;
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT as BASE;
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity;
use std::collections::HashMap;
use std::sync::OnceLock;

/// A table of the first multiples of `B`. Reusable; public data only, variable time.
#[derive(Debug)]
pub struct SmallLog {
    width: u64,
    stride: RistrettoPoint,
    found: HashMap<[u8; 32], u64>,
}

impl SmallLog {
    /// A table of `width` multiples, at least one: a logarithm below `width` takes one look.
    pub fn new(width: u64) -> Self {
        let width = width.max(1);
        let multiples: Vec<RistrettoPoint> = (0..width)
            .scan(RistrettoPoint::identity(), |next, _| {
                let now = *next;
                *next += BASE;
                Some(now)
            })
            .collect();
        let found = doubled(&multiples).into_iter().zip(0..).collect();
        Self {
            width,
            stride: BASE * Scalar::from(width),
            found,
        }
    }

    /// The table that suits the polling stations of an election, made once.
    pub fn shared() -> &'static SmallLog {
        static TABLE: OnceLock<SmallLog> = OnceLock::new();
        TABLE.get_or_init(|| SmallLog::new(2048))
    }

    /// For each point the `n` with `0 ≤ n ≤ bound` and `n·B` = the point; `None` where there is none.
    pub fn find(&self, points: &[RistrettoPoint], bound: u64) -> Vec<Option<u64>> {
        let mut answers = vec![None; points.len()];
        let mut open: Vec<(usize, RistrettoPoint)> = points.iter().copied().enumerate().collect();
        for giant in 0..=bound / self.width {
            if open.is_empty() {
                break;
            }
            let here: Vec<RistrettoPoint> = open.iter().map(|(_, point)| *point).collect();
            let codes = doubled(&here);
            let mut left = Vec::new();
            for ((place, point), code) in open.into_iter().zip(codes) {
                match self.found.get(&code) {
                    Some(baby) => {
                        let n = giant * self.width + baby;
                        answers[place] = (n <= bound).then_some(n);
                    }
                    None => left.push((place, point - self.stride)),
                }
            }
            open = left;
        }
        answers
    }
}

/// The `n` with `0 ≤ n ≤ bound` and `n·B = point`. Public data only, variable time.
///
/// # Errors
/// [`Error::Logarithm`] if there is none.
pub fn small_log(point: &RistrettoPoint, bound: u64) -> Result<u64, Error> {
    SmallLog::shared().find(&[*point], bound)[0].ok_or(Error::Logarithm)
}

fn doubled(points: &[RistrettoPoint]) -> Vec<[u8; 32]> {
    RistrettoPoint::double_and_compress_batch(points)
        .iter()
        .map(|code| code.to_bytes())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_up_to_the_bound_and_none_beyond() {
        let table = SmallLog::new(7);
        for n in 0..60u64 {
            let point = BASE * Scalar::from(n);
            for bound in [n.saturating_sub(1), n, n + 1, 200] {
                let expected = (n <= bound).then_some(n);
                assert_eq!(
                    table.find(&[point], bound),
                    vec![expected],
                    "{n} of {bound}"
                );
            }
        }
    }

    #[test]
    fn many_at_once_with_strangers_among_them() {
        let numbers = [0u64, 1, 2047, 2048, 5000, 99_999];
        let mut points: Vec<_> = numbers.iter().map(|n| BASE * Scalar::from(*n)).collect();
        points.push(-BASE);
        let found = SmallLog::shared().find(&points, 100_000);
        assert_eq!(found[..6], numbers.map(Some));
        assert_eq!(found[6], None);
        assert_eq!(small_log(&-BASE, 10), Err(Error::Logarithm));
        assert_eq!(small_log(&BASE, 1), Ok(1));
        assert_eq!(small_log(&BASE, 0), Err(Error::Logarithm));
    }
}

//! Multi-scalar multiplication by buckets, in which every lane fills a bucket of its own.
//!
//! **Source:** Pippenger 1976, in the form of Bernstein, Doumen, Lange, Oosterwijk 2012, with signed digits. Points
//! are sorted by bucket, so that a bucket is summed in registers and written once. Variable time: public data only.
#![allow(clippy::needless_range_loop)] // one index runs over several arrays

use crate::lanes::{Columns, Lanes, MOST, Niels, Points};
use crate::wide::Limbs;

/// Whether `Σ coefficients·points` is the identity of ristretto255.
#[inline(always)]
pub fn vanishes<L: Lanes>(points: &[Niels], coefficients: &[Limbs]) -> bool {
    let bits = window_bits(points.len(), L::WIDTH);
    let digits = Digits::new(coefficients, bits);
    let mut buckets = Buckets::<L>::new(bits);
    let mut total = Points::<L>::identity();
    for window in (0..digits.windows).rev() {
        total = doubled(total, bits).add(buckets.sum(points, digits.of(window)));
    }
    total.identities() & 1 == 1
}

#[inline(always)]
fn doubled<L: Lanes>(mut point: Points<L>, times: usize) -> Points<L> {
    for _ in 0..times {
        point = point.double();
    }
    point
}

/// The width of a window that costs least: each costs one addition a point and about three a bucket.
fn window_bits(points: usize, width: usize) -> usize {
    let cost = |bits: usize| (254 / bits + 1) * (points + 4 * (1 << (bits - 1)) + 40 * width);
    (4..=13).min_by_key(|&bits| cost(bits)).unwrap_or(8)
}

/// Signed digits of all coefficients, window by window.
struct Digits {
    points: usize,
    windows: usize,
    digits: Vec<i16>,
}

impl Digits {
    fn new(coefficients: &[Limbs], bits: usize) -> Self {
        let (points, windows) = (coefficients.len(), 254 / bits + 1);
        let mut digits = vec![0; points * windows];
        let (half, whole) = (1i64 << (bits - 1), 1i64 << bits);
        for (point, limbs) in coefficients.iter().enumerate() {
            let mut carry = 0;
            for window in 0..windows {
                let raw = window_of(limbs, window * bits, bits) + carry;
                carry = i64::from(raw > half);
                digits[window * points + point] = (raw - carry * whole) as i16;
            }
        }
        Self {
            points,
            windows,
            digits,
        }
    }

    fn of(&self, window: usize) -> &[i16] {
        &self.digits[window * self.points..(window + 1) * self.points]
    }
}

fn window_of(limbs: &Limbs, start: usize, bits: usize) -> i64 {
    let (limb, shift) = (start / 64, start % 64);
    if limb > 3 {
        return 0;
    }
    let high = if limb < 3 && shift > 0 {
        limbs[limb + 1] << (64 - shift)
    } else {
        0
    };
    ((limbs[limb] >> shift | high) & ((1 << bits) - 1)) as i64
}

/// The buckets of one window, used again for the next.
struct Buckets<L> {
    size: usize,
    /// Row `k` holds in lane `l` the bucket `l·rows + k`, as limbs of four coordinates.
    rows: Vec<[Columns; 4]>,
    starts: Vec<u32>,
    sorted: Vec<u32>,
    by_count: Vec<u32>,
    lanes: core::marker::PhantomData<L>,
}

impl<L: Lanes> Buckets<L> {
    fn new(bits: usize) -> Self {
        let size = 1usize << (bits - 1);
        Self {
            size,
            rows: vec![[[[0; MOST]; 5]; 4]; size / L::WIDTH],
            starts: Vec::new(),
            sorted: Vec::new(),
            by_count: Vec::new(),
            lanes: core::marker::PhantomData,
        }
    }

    /// `Σ digits·points` of one window; the result is in lane 0.
    #[inline(always)]
    fn sum(&mut self, points: &[Niels], digits: &[i16]) -> Points<L> {
        self.sort(digits);
        self.fill(points);
        self.reduce()
    }

    /// Sorts points by bucket, and buckets by how many points they get.
    fn sort(&mut self, digits: &[i16]) {
        self.starts.clear();
        self.starts.resize(self.size + 2, 0);
        for digit in digits {
            self.starts[usize::from(digit.unsigned_abs()) + 1] += 1;
        }
        let zeros = self.starts[1];
        self.starts[1] = 0;
        for bucket in 1..self.starts.len() {
            self.starts[bucket] += self.starts[bucket - 1];
        }
        let mut next = self.starts.clone();
        self.sorted.clear();
        self.sorted.resize(digits.len() - zeros as usize, 0);
        for (point, &digit) in digits.iter().enumerate().filter(|(_, digit)| **digit != 0) {
            let place = &mut next[usize::from(digit.unsigned_abs())];
            self.sorted[*place as usize] = (point as u32) << 1 | u32::from(digit < 0);
            *place += 1;
        }
        self.order_buckets();
    }

    /// Orders the buckets by how many points they get, most first.
    fn order_buckets(&mut self) {
        let most = (1..=self.size as u32)
            .map(|bucket| count(&self.starts, bucket))
            .max()
            .unwrap_or(0) as usize;
        let mut places = vec![0u32; most + 2];
        for bucket in 1..=self.size as u32 {
            places[most - count(&self.starts, bucket) as usize + 1] += 1;
        }
        for at in 1..places.len() {
            places[at] += places[at - 1];
        }
        self.by_count.resize(self.size, 0);
        for bucket in 1..=self.size as u32 {
            let place = &mut places[most - count(&self.starts, bucket) as usize];
            self.by_count[*place as usize] = bucket;
            *place += 1;
        }
    }

    /// Fills `WIDTH` buckets at a time, those with about equally many points together.
    #[inline(always)]
    fn fill(&mut self, points: &[Niels]) {
        let rows = self.size / L::WIDTH;
        for group in self.by_count.chunks(L::WIDTH) {
            let longest = count(&self.starts, group[0]);
            let mut sum = Points::<L>::identity();
            for step in 0..longest {
                let mut chosen = [&Niels::IDENTITY; MOST];
                let mut negative = 0;
                for (lane, &bucket) in group.iter().enumerate() {
                    let place = self.starts[bucket as usize] + step;
                    if place < self.starts[bucket as usize + 1] {
                        let entry = self.sorted[place as usize];
                        chosen[lane] = &points[(entry >> 1) as usize];
                        negative |= (entry & 1) << lane;
                    }
                }
                sum = sum.add_stored(&chosen, negative);
            }
            let columns = sum.to_columns();
            for (lane, &bucket) in group.iter().enumerate() {
                let (row, place) = ((bucket as usize - 1) % rows, (bucket as usize - 1) / rows);
                for (to, from) in self.rows[row]
                    .iter_mut()
                    .flatten()
                    .zip(columns.iter().flatten())
                {
                    to[place] = from[lane];
                }
            }
        }
    }

    /// `Σ bucket number · bucket`, each lane over its own run of buckets, then over the lanes.
    #[inline(always)]
    fn reduce(&self) -> Points<L> {
        let (mut run, mut total) = (Points::<L>::identity(), Points::<L>::identity());
        for row in self.rows.iter().rev() {
            run = run.add(Points::from_columns(row));
            total = total.add(run);
        }
        let (runs, totals) = (run.to_columns(), total.to_columns());
        let mut sum = Points::<L>::identity();
        let mut suffix = Points::<L>::identity();
        for lane in (1..L::WIDTH).rev() {
            suffix = suffix.add(lane_to_front(&runs, lane));
            sum = sum.add(suffix);
        }
        sum = doubled(sum, self.rows.len().trailing_zeros() as usize);
        for lane in 0..L::WIDTH {
            sum = sum.add(lane_to_front(&totals, lane));
        }
        sum
    }
}

#[inline(always)]
fn count(starts: &[u32], bucket: u32) -> u32 {
    starts[bucket as usize + 1] - starts[bucket as usize]
}

/// The point of one lane, moved to lane 0 (the others hold nothing of use).
#[inline(always)]
fn lane_to_front<L: Lanes>(columns: &[Columns; 4], lane: usize) -> Points<L> {
    let front = columns.map(|coordinate| coordinate.map(|limb| [limb[lane]; MOST]));
    Points::from_columns(&front)
}

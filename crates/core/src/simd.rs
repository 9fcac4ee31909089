//! The vectorised engines: eight points at once with AVX-512 IFMA, four with AVX2.
//!
//! This is the one module with `unsafe` code, and all of it is of two kinds: calls of processor instructions, and
//! calls of functions compiled for them. Both need the processor to have the instructions. The engines can only be
//! made by `detect`, which asks the processor; the field types are private to this module. Memory is only touched
//! through references to whole arrays.
//!
//! Bounds: an element is *tight* when its 51-bit limbs are below 2⁵¹ + 2¹⁶ (AVX2: its 26- and 25-bit limbs below
//! 2²⁶ + 2¹ and 2²⁵ + 2¹). Every operation takes tight elements and, but for `neg`, returns tight ones; `neg` returns
//! limbs below 2⁵² (2²⁷), which multiplication also takes.
#![allow(unsafe_code)]

use crate::buckets::vanishes;
use crate::engine::Engine;
use crate::lanes::{Columns, Lanes, MOST, Niels, Stored, decode, sums};
use crate::wide::Limbs;
use core::arch::x86_64::*;

const LOW: u64 = (1 << 51) - 1;
/// `2p` in limbs of 51 bits.
const TWICE: Stored = [(LOW - 18) * 2, LOW * 2, LOW * 2, LOW * 2, LOW * 2];

/// `[e(0), …, e(n−1)]` without a closure: code in a closure would not be compiled for the instructions.
macro_rules! list {
    ($first:expr; $count:literal, $k:ident => $value:expr) => {{
        let mut all = [$first; $count];
        let mut $k = 0;
        while $k < $count {
            all[$k] = $value;
            $k += 1;
        }
        all
    }};
}

/// The sum of products of pairs.
macro_rules! total {
    ($a:ident $b:ident) => { times($a, $b) };
    ($a:ident $b:ident, $($rest:tt)+) => { _mm256_add_epi64(times($a, $b), total!($($rest)+)) };
}

macro_rules! engine {
    ($name:ident, $field:ty, $chunk:expr, $about:literal, $($feature:tt),+) => {
        #[doc = $about]
        #[derive(Clone, Copy, Debug)]
        pub struct $name(());

        impl $name {
            /// The engine, if the processor has its instructions.
            pub fn detect() -> Option<Self> {
                ($(std::arch::is_x86_feature_detected!($feature))&&+).then_some(Self(()))
            }

            /// Decodes points and returns the side file that makes decoding them again fast.
            pub fn hints(&self, encoded: &[[u8; 32]]) -> Vec<[u8; 32]> {
                $(#[target_feature(enable = $feature)])+
                fn run(encoded: &[[u8; 32]]) -> Vec<[u8; 32]> {
                    let (mut points, mut good, mut hints) = (Vec::new(), Vec::new(), Vec::new());
                    decode::<$field>(encoded, None, &mut points, &mut good, Some(&mut hints));
                    hints
                }
                // SAFETY: `detect` has seen that the processor has the features.
                unsafe { run(encoded) }
            }
        }

        impl Engine for $name {
            type Point = Niels;

            const CHUNK: usize = $chunk;

            fn decode(&self, encoded: &[[u8; 32]], hints: Option<&[[u8; 32]]>) -> (Vec<Niels>, Vec<bool>) {
                $(#[target_feature(enable = $feature)])+
                fn run(encoded: &[[u8; 32]], hints: Option<&[[u8; 32]]>) -> (Vec<Niels>, Vec<bool>) {
                    let mut points = Vec::with_capacity(encoded.len());
                    let mut good = Vec::with_capacity(encoded.len());
                    decode::<$field>(encoded, hints, &mut points, &mut good, None);
                    (points, good)
                }
                // SAFETY: `detect` has seen that the processor has the features.
                unsafe { run(encoded, hints) }
            }

            fn vanishes(&self, points: &[Niels], coefficients: &[Limbs]) -> bool {
                $(#[target_feature(enable = $feature)])+
                fn run(points: &[Niels], coefficients: &[Limbs]) -> bool {
                    vanishes::<$field>(points, coefficients)
                }
                // SAFETY: `detect` has seen that the processor has the features.
                unsafe { run(points, coefficients) }
            }

            fn sums(&self, points: &[Niels], picks: &[Vec<u32>]) -> Vec<[u8; 32]> {
                $(#[target_feature(enable = $feature)])+
                fn run(points: &[Niels], picks: &[Vec<u32>]) -> Vec<[u8; 32]> {
                    sums::<$field>(points, picks)
                }
                // SAFETY: `detect` has seen that the processor has the features.
                unsafe { run(points, picks) }
            }
        }
    };
}

engine!(
    Ifma,
    Eight,
    16384,
    "Eight points at once, AVX-512 IFMA.",
    "avx512f",
    "avx512dq",
    "avx512ifma",
    "avx512vl"
);
engine!(Avx2, Four, 8192, "Four points at once, AVX2.", "avx2");

/// Eight field elements: five limbs of 51 bits, a vector each.
#[derive(Clone, Copy)]
struct Eight([__m512i; 5]);

impl Eight {
    /// One pass of carries: limbs below 2⁶¹ become tight.
    #[inline(always)]
    fn carried(limbs: [__m512i; 5]) -> Self {
        // SAFETY: only reached through an engine, so the processor has AVX-512 IFMA.
        unsafe {
            let low = _mm512_set1_epi64(LOW as i64);
            let over = list!(limbs[0]; 5, k => _mm512_srli_epi64::<51>(limbs[k]));
            let kept = list!(limbs[0]; 5, k => _mm512_and_si512(limbs[k], low));
            Self([
                _mm512_madd52lo_epu64(kept[0], over[4], _mm512_set1_epi64(19)),
                _mm512_add_epi64(kept[1], over[0]),
                _mm512_add_epi64(kept[2], over[1]),
                _mm512_add_epi64(kept[3], over[2]),
                _mm512_add_epi64(kept[4], over[3]),
            ])
        }
    }

    /// Joins low and high halves of products (`high[k]` counts twice) and folds the upper five by 19.
    #[inline(always)]
    fn folded(low: [__m512i; 10], high: [__m512i; 10]) -> Self {
        // SAFETY: as in `carried`.
        unsafe {
            let whole = list!(low[0]; 10, k => _mm512_add_epi64(low[k], _mm512_add_epi64(high[k], high[k])));
            let upper = list!(low[0]; 5, k => _mm512_add_epi64(
                _mm512_add_epi64(whole[k + 5], _mm512_add_epi64(whole[k + 5], whole[k + 5])),
                _mm512_slli_epi64::<4>(whole[k + 5])
            ));
            Self::carried(list!(low[0]; 5, k => _mm512_add_epi64(whole[k], upper[k])))
        }
    }
}

impl Lanes for Eight {
    const WIDTH: usize = 8;

    #[inline(always)]
    fn splat(element: &Stored) -> Self {
        // SAFETY: as in `carried`.
        unsafe { Self(list!(_mm512_setzero_si512(); 5, k => _mm512_set1_epi64(element[k] as i64))) }
    }

    #[inline(always)]
    fn from_columns(columns: &Columns) -> Self {
        // SAFETY: as in `carried`; each column is 64 bytes, read whole.
        unsafe {
            Self(
                list!(_mm512_setzero_si512(); 5, k => _mm512_loadu_epi64(columns[k].as_ptr().cast())),
            )
        }
    }

    #[inline(always)]
    fn to_columns(self) -> Columns {
        // SAFETY: as in `carried`; each column is 64 bytes, written whole.
        unsafe {
            let low = _mm512_set1_epi64(LOW as i64);
            let mut limb = self.0;
            let mut over =
                _mm512_srli_epi64::<51>(_mm512_add_epi64(limb[0], _mm512_set1_epi64(19)));
            for value in &limb[1..] {
                over = _mm512_srli_epi64::<51>(_mm512_add_epi64(*value, over));
            }
            limb[0] = _mm512_madd52lo_epu64(limb[0], over, _mm512_set1_epi64(19));
            for k in 0..4 {
                limb[k + 1] = _mm512_add_epi64(limb[k + 1], _mm512_srli_epi64::<51>(limb[k]));
                limb[k] = _mm512_and_si512(limb[k], low);
            }
            limb[4] = _mm512_and_si512(limb[4], low);
            let mut columns = [[0; MOST]; 5];
            for (column, value) in columns.iter_mut().zip(limb) {
                _mm512_storeu_epi64(column.as_mut_ptr().cast(), value);
            }
            columns
        }
    }

    #[inline(always)]
    fn load(points: &[&Niels; MOST]) -> [Self; 3] {
        // SAFETY: as in `carried`; a point is 128 bytes, read in two halves.
        let (a, b) = unsafe {
            let zero = _mm512_setzero_si512();
            let low = list!(zero; 8, lane => _mm512_loadu_epi64(points[lane].0.as_ptr().cast()));
            let high =
                list!(zero; 8, lane => _mm512_loadu_epi64(points[lane].0.as_ptr().add(8).cast()));
            (transposed(low), transposed(high))
        };
        [
            Self([a[0], a[1], a[2], a[3], a[4]]),
            Self([a[5], a[6], a[7], b[0], b[1]]),
            Self([b[2], b[3], b[4], b[5], b[6]]),
        ]
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: as in `carried`.
        Self::carried(unsafe { list!(self.0[0]; 5, k => _mm512_add_epi64(self.0[k], other.0[k])) })
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        let minus = other.neg();
        // SAFETY: as in `carried`.
        Self::carried(unsafe { list!(self.0[0]; 5, k => _mm512_add_epi64(self.0[k], minus.0[k])) })
    }

    #[inline(always)]
    fn neg(self) -> Self {
        // SAFETY: as in `carried`.
        Self(unsafe {
            list!(self.0[0]; 5, k => _mm512_sub_epi64(_mm512_set1_epi64(TWICE[k] as i64), self.0[k]))
        })
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        // SAFETY: as in `carried`.
        unsafe {
            let (mut low, mut high) = ([_mm512_setzero_si512(); 10], [_mm512_setzero_si512(); 10]);
            for i in 0..5 {
                for j in 0..5 {
                    low[i + j] = _mm512_madd52lo_epu64(low[i + j], self.0[i], other.0[j]);
                    high[i + j + 1] = _mm512_madd52hi_epu64(high[i + j + 1], self.0[i], other.0[j]);
                }
            }
            Self::folded(low, high)
        }
    }

    #[inline(always)]
    fn square(self) -> Self {
        // SAFETY: as in `carried`.
        unsafe {
            let (mut low, mut high) = ([_mm512_setzero_si512(); 10], [_mm512_setzero_si512(); 10]);
            for i in 0..5 {
                for j in i + 1..5 {
                    low[i + j] = _mm512_madd52lo_epu64(low[i + j], self.0[i], self.0[j]);
                    high[i + j + 1] = _mm512_madd52hi_epu64(high[i + j + 1], self.0[i], self.0[j]);
                }
            }
            for k in 0..10 {
                low[k] = _mm512_add_epi64(low[k], low[k]);
                high[k] = _mm512_add_epi64(high[k], high[k]);
            }
            for i in 0..5 {
                low[2 * i] = _mm512_madd52lo_epu64(low[2 * i], self.0[i], self.0[i]);
                high[2 * i + 1] = _mm512_madd52hi_epu64(high[2 * i + 1], self.0[i], self.0[i]);
            }
            Self::folded(low, high)
        }
    }

    #[inline(always)]
    fn select(self, other: Self, bits: u32) -> Self {
        // SAFETY: as in `carried`.
        Self(unsafe {
            list!(self.0[0]; 5, k => _mm512_mask_blend_epi64(bits as u8, self.0[k], other.0[k]))
        })
    }
}

/// Eight rows of eight as eight columns.
#[inline(always)]
unsafe fn transposed(r: [__m512i; 8]) -> [__m512i; 8] {
    // SAFETY: the caller is reached only through an engine, so the processor has AVX-512.
    unsafe {
        macro_rules! pair {
            ($a:expr, $b:expr) => {
                (_mm512_unpacklo_epi64($a, $b), _mm512_unpackhi_epi64($a, $b))
            };
        }
        let ((a0, a1), (a2, a3)) = (pair!(r[0], r[1]), pair!(r[2], r[3]));
        let ((a4, a5), (a6, a7)) = (pair!(r[4], r[5]), pair!(r[6], r[7]));
        // each 128-bit part now holds one column of two rows; gather parts 0,2 and 1,3 of four rows, then of eight
        macro_rules! even {
            ($a:expr, $b:expr) => {
                _mm512_shuffle_i64x2::<0b10_00_10_00>($a, $b)
            };
        }
        macro_rules! odd {
            ($a:expr, $b:expr) => {
                _mm512_shuffle_i64x2::<0b11_01_11_01>($a, $b)
            };
        }
        let (e0, o0, e1, o1) = (even!(a0, a2), odd!(a0, a2), even!(a1, a3), odd!(a1, a3));
        let (e2, o2, e3, o3) = (even!(a4, a6), odd!(a4, a6), even!(a5, a7), odd!(a5, a7));
        [
            even!(e0, e2),
            even!(e1, e3),
            even!(o0, o2),
            even!(o1, o3),
            odd!(e0, e2),
            odd!(e1, e3),
            odd!(o0, o2),
            odd!(o1, o3),
        ]
    }
}

/// The product of the lower halves of each lane.
///
/// Written as an instruction: the compiler knows what `_mm256_mul_epu32` computes, collects common factors of sums
/// of products, and then needs whole 64-bit products, which AVX2 does not have; three times slower.
#[inline]
#[target_feature(enable = "avx2")]
fn times(a: __m256i, b: __m256i) -> __m256i {
    let product;
    // SAFETY: the caller is reached only through an engine, so the processor has AVX2; no memory is touched.
    unsafe {
        core::arch::asm!("vpmuludq {}, {}, {}", out(ymm_reg) product, in(ymm_reg) a, in(ymm_reg) b,
            options(pure, nomem, nostack, preserves_flags));
    }
    product
}

/// Four field elements: ten limbs of 26 and 25 bits in turn, a vector each.
#[derive(Clone, Copy)]
struct Four([__m256i; 10]);

/// Bits of limb `k`.
const fn width(k: usize) -> i32 {
    if k.is_multiple_of(2) { 26 } else { 25 }
}

impl Four {
    /// Moves what is above limb `K` to the next one; from the last to the first by 19.
    #[inline(always)]
    fn carry<const K: usize>(limbs: &mut [__m256i; 10]) {
        // SAFETY: only reached through an engine, so the processor has AVX2.
        unsafe {
            let over = match width(K) {
                26 => _mm256_srli_epi64::<26>(limbs[K]),
                _ => _mm256_srli_epi64::<25>(limbs[K]),
            };
            limbs[K] = _mm256_and_si256(limbs[K], _mm256_set1_epi64x((1 << width(K)) - 1));
            let over = match K {
                9 => {
                    let twice = _mm256_add_epi64(over, over);
                    _mm256_add_epi64(_mm256_add_epi64(over, twice), _mm256_slli_epi64::<4>(over))
                }
                _ => over,
            };
            limbs[(K + 1) % 10] = _mm256_add_epi64(limbs[(K + 1) % 10], over);
        }
    }

    /// Two chains of carries side by side: limbs below 2⁶³ become tight.
    #[inline(always)]
    fn carried(mut limbs: [__m256i; 10]) -> Self {
        Self::carry::<0>(&mut limbs);
        Self::carry::<5>(&mut limbs);
        Self::carry::<1>(&mut limbs);
        Self::carry::<6>(&mut limbs);
        Self::carry::<2>(&mut limbs);
        Self::carry::<7>(&mut limbs);
        Self::carry::<3>(&mut limbs);
        Self::carry::<8>(&mut limbs);
        Self::carry::<4>(&mut limbs);
        Self::carry::<9>(&mut limbs);
        Self::carry::<5>(&mut limbs);
        Self::carry::<0>(&mut limbs);
        Self(limbs)
    }

    /// Carries of small sums, all at once: limbs below 2²⁹ become tight.
    #[inline(always)]
    fn settled(limbs: [__m256i; 10]) -> Self {
        // SAFETY: as in `carry`.
        unsafe {
            let (m26, m25) = (
                _mm256_set1_epi64x((1 << 26) - 1),
                _mm256_set1_epi64x((1 << 25) - 1),
            );
            let over = list!(limbs[0]; 10, k => match width(k) {
                26 => _mm256_srli_epi64::<26>(limbs[k]),
                _ => _mm256_srli_epi64::<25>(limbs[k]),
            });
            let kept = list!(limbs[0]; 10, k => _mm256_and_si256(limbs[k], if width(k) == 26 { m26 } else { m25 }));
            let mut sum = list!(limbs[0]; 10, k => _mm256_add_epi64(kept[k], over[(k + 9) % 10]));
            sum[0] = _mm256_add_epi64(kept[0], _mm256_mul_epu32(over[9], _mm256_set1_epi64x(19)));
            Self(sum)
        }
    }

    /// From five vectors of 51-bit limbs.
    #[inline(always)]
    fn split(limbs: [__m256i; 5]) -> Self {
        // SAFETY: as in `carry`.
        unsafe {
            let low = _mm256_set1_epi64x((1 << 26) - 1);
            Self(list!(low; 10, k => match width(k) {
                26 => _mm256_and_si256(limbs[k / 2], low),
                _ => _mm256_srli_epi64::<26>(limbs[k / 2]),
            }))
        }
    }
}

impl Lanes for Four {
    const WIDTH: usize = 4;

    #[inline(always)]
    fn splat(element: &Stored) -> Self {
        // SAFETY: as in `carry`.
        Self::split(unsafe {
            list!(_mm256_setzero_si256(); 5, k => _mm256_set1_epi64x(element[k] as i64))
        })
    }

    #[inline(always)]
    fn from_columns(columns: &Columns) -> Self {
        // SAFETY: as in `carry`; the first 32 of the 64 bytes of a column are read.
        Self::split(unsafe {
            list!(_mm256_setzero_si256(); 5, k => _mm256_loadu_si256(columns[k].as_ptr().cast()))
        })
    }

    #[inline(always)]
    fn to_columns(self) -> Columns {
        // SAFETY: as in `carry`; the first 32 of the 64 bytes of a column are written.
        unsafe {
            let mut limb = self.0;
            let mut over = _mm256_set1_epi64x(19);
            for (k, value) in limb.iter().enumerate() {
                over =
                    _mm256_srl_epi64(_mm256_add_epi64(*value, over), _mm_cvtsi32_si128(width(k)));
            }
            limb[0] = _mm256_add_epi64(limb[0], _mm256_mul_epu32(over, _mm256_set1_epi64x(19)));
            Self::carry::<0>(&mut limb);
            Self::carry::<1>(&mut limb);
            Self::carry::<2>(&mut limb);
            Self::carry::<3>(&mut limb);
            Self::carry::<4>(&mut limb);
            Self::carry::<5>(&mut limb);
            Self::carry::<6>(&mut limb);
            Self::carry::<7>(&mut limb);
            Self::carry::<8>(&mut limb);
            limb[9] = _mm256_and_si256(limb[9], _mm256_set1_epi64x((1 << 25) - 1));
            let mut columns = [[0; MOST]; 5];
            for (k, column) in columns.iter_mut().enumerate() {
                let joined =
                    _mm256_add_epi64(limb[2 * k], _mm256_slli_epi64::<26>(limb[2 * k + 1]));
                _mm256_storeu_si256(column.as_mut_ptr().cast(), joined);
            }
            columns
        }
    }

    #[inline(always)]
    fn load(points: &[&Niels; MOST]) -> [Self; 3] {
        // SAFETY: as in `carry`; a point is 128 bytes, read in four parts.
        macro_rules! part {
            ($at:literal) => {{
                let rows = list!(_mm256_setzero_si256(); 4, lane => _mm256_loadu_si256(points[lane].0.as_ptr().add($at).cast()));
                let [r0, r1, r2, r3] = rows;
            let (a, b) = (_mm256_unpacklo_epi64(r0, r1), _mm256_unpackhi_epi64(r0, r1));
            let (c, d) = (_mm256_unpacklo_epi64(r2, r3), _mm256_unpackhi_epi64(r2, r3));
            [
                _mm256_permute2x128_si256::<0x20>(a, c),
                _mm256_permute2x128_si256::<0x20>(b, d),
                _mm256_permute2x128_si256::<0x31>(a, c),
                _mm256_permute2x128_si256::<0x31>(b, d),
            ]
            }};
        }
        let (a, b, c, d) = unsafe { (part!(0), part!(4), part!(8), part!(12)) };
        [
            Self::split([a[0], a[1], a[2], a[3], b[0]]),
            Self::split([b[1], b[2], b[3], c[0], c[1]]),
            Self::split([c[2], c[3], d[0], d[1], d[2]]),
        ]
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        // SAFETY: as in `carry`.
        Self::settled(unsafe { list!(self.0[0]; 10, k => _mm256_add_epi64(self.0[k], other.0[k])) })
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        let minus = other.neg();
        // SAFETY: as in `carry`.
        Self::settled(unsafe { list!(self.0[0]; 10, k => _mm256_add_epi64(self.0[k], minus.0[k])) })
    }

    #[inline(always)]
    fn neg(self) -> Self {
        // SAFETY: as in `carry`.
        Self(unsafe {
            list!(self.0[0]; 10, k => {
                let twice = if k == 0 { (1i64 << 27) - 38 } else { (2i64 << width(k)) - 2 };
                _mm256_sub_epi64(_mm256_set1_epi64x(twice), self.0[k])
            })
        })
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        // SAFETY: as in `carry`.
        unsafe {
            let nineteen = _mm256_set1_epi64x(19);
            let a = self.0;
            let b = other.0;
            // two odd limbs stand at half a bit each, so their product counts twice; what wraps round counts 19 times
            let [_, d1, _, d3, _, d5, _, d7, _, d9] =
                list!(a[0]; 10, k => _mm256_add_epi64(a[k], a[k]));
            let [_, c1, c2, c3, c4, c5, c6, c7, c8, c9] =
                list!(b[0]; 10, k => times(b[k], nineteen));
            let [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9] = a;
            let [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9] = b;
            Self::carried([
                total!(a0 b0, d1 c9, a2 c8, d3 c7, a4 c6, d5 c5, a6 c4, d7 c3, a8 c2, d9 c1),
                total!(a0 b1, a1 b0, a2 c9, a3 c8, a4 c7, a5 c6, a6 c5, a7 c4, a8 c3, a9 c2),
                total!(a0 b2, d1 b1, a2 b0, d3 c9, a4 c8, d5 c7, a6 c6, d7 c5, a8 c4, d9 c3),
                total!(a0 b3, a1 b2, a2 b1, a3 b0, a4 c9, a5 c8, a6 c7, a7 c6, a8 c5, a9 c4),
                total!(a0 b4, d1 b3, a2 b2, d3 b1, a4 b0, d5 c9, a6 c8, d7 c7, a8 c6, d9 c5),
                total!(a0 b5, a1 b4, a2 b3, a3 b2, a4 b1, a5 b0, a6 c9, a7 c8, a8 c7, a9 c6),
                total!(a0 b6, d1 b5, a2 b4, d3 b3, a4 b2, d5 b1, a6 b0, d7 c9, a8 c8, d9 c7),
                total!(a0 b7, a1 b6, a2 b5, a3 b4, a4 b3, a5 b2, a6 b1, a7 b0, a8 c9, a9 c8),
                total!(a0 b8, d1 b7, a2 b6, d3 b5, a4 b4, d5 b3, a6 b2, d7 b1, a8 b0, d9 c9),
                total!(a0 b9, a1 b8, a2 b7, a3 b6, a4 b5, a5 b4, a6 b3, a7 b2, a8 b1, a9 b0),
            ])
        }
    }

    #[inline(always)]
    fn square(self) -> Self {
        // SAFETY: as in `carry`.
        unsafe {
            let nineteen = _mm256_set1_epi64x(19);
            let a = self.0;
            let twice = list!(a[0]; 10, k => _mm256_add_epi64(a[k], a[k]));
            let [_, q1, _, q3, _, q5, _, q7, _, _] =
                list!(a[0]; 10, k => _mm256_add_epi64(twice[k], twice[k]));
            let [_, _, _, _, _, c5, c6, c7, c8, c9] = list!(a[0]; 10, k => times(a[k], nineteen));
            let [d0, d1, d2, d3, d4, d5, d6, d7, d8, d9] = twice;
            let [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9] = a;
            Self::carried([
                total!(a0 a0, q1 c9, d2 c8, q3 c7, d4 c6, d5 c5),
                total!(d0 a1, d2 c9, d3 c8, d4 c7, d5 c6),
                total!(d0 a2, d1 a1, q3 c9, d4 c8, q5 c7, a6 c6),
                total!(d0 a3, d1 a2, d4 c9, d5 c8, d6 c7),
                total!(d0 a4, q1 a3, a2 a2, q5 c9, d6 c8, d7 c7),
                total!(d0 a5, d1 a4, d2 a3, d6 c9, d7 c8),
                total!(d0 a6, q1 a5, d2 a4, d3 a3, q7 c9, a8 c8),
                total!(d0 a7, d1 a6, d2 a5, d3 a4, d8 c9),
                total!(d0 a8, q1 a7, d2 a6, q3 a5, a4 a4, d9 c9),
                total!(d0 a9, d1 a8, d2 a7, d3 a6, d4 a5),
            ])
        }
    }

    #[inline(always)]
    fn select(self, other: Self, bits: u32) -> Self {
        // SAFETY: as in `carry`.
        unsafe {
            let lane = _mm256_set_epi64x(8, 4, 2, 1);
            let chosen = _mm256_cmpeq_epi64(
                _mm256_and_si256(_mm256_set1_epi64x(i64::from(bits)), lane),
                lane,
            );
            Self(list!(self.0[0]; 10, k => _mm256_blendv_epi8(self.0[k], other.0[k], chosen)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Plain;
    use crate::transcript::{hash, hash_to_scalar};
    use crate::wide::limbs;
    use curve25519_dalek::ristretto::RistrettoPoint;

    fn encoded(count: u64) -> Vec<[u8; 32]> {
        let valid =
            |place: u64| RistrettoPoint::from_uniform_bytes(&hash("test", &[&place.to_le_bytes()]));
        let any = |place: u64| {
            core::array::from_fn(|at| {
                hash("test", &[&place.to_le_bytes()])[at] & [255, 127][at / 31]
            })
        };
        let mut all: Vec<[u8; 32]> = (0..count)
            .map(|place| {
                if place % 3 == 2 {
                    any(place)
                } else {
                    valid(place).compress().to_bytes()
                }
            })
            .collect();
        let mut edge = [0xff; 32];
        all.extend([[0; 32], edge]);
        for low in 0..40u8 {
            (edge[0], edge[31]) = (0xec_u8.wrapping_add(low), 0x7f);
            all.push(edge);
            let mut small = [0; 32];
            small[0] = low;
            all.push(small);
        }
        all
    }

    fn agrees<E: Engine<Point = Niels>>(engine: &E, hints: &[[u8; 32]]) {
        let all = encoded(301);
        let (plain, valid) = Plain.decode(&all, None);
        let (points, good) = engine.decode(&all, None);
        assert_eq!(good, valid);
        let mut wrong = hints.to_vec();
        wrong[3][7] ^= 1;
        wrong[200] = [0; 32];
        for side in [hints, &wrong, &hints[1..]] {
            let (again, still) = engine.decode(&all, Some(side));
            assert_eq!(still, valid);
            assert!(
                again
                    .iter()
                    .zip(&points)
                    .zip(&valid)
                    .all(|((a, b), ok)| !ok || a.0 == b.0)
            );
        }
        let picks: Vec<Vec<u32>> = (0..19u32)
            .map(|row| {
                (0..all.len() as u32)
                    .filter(|at| valid[*at as usize] && at * 7 % 19 >= row)
                    .collect()
            })
            .collect();
        assert_eq!(engine.sums(&points, &picks), Plain.sums(&plain, &picks));
    }

    fn multiplies<E: Engine<Point = Niels>>(engine: &E) {
        for count in [1, 7, 30, 500, 3000] {
            let scalars: Vec<_> = (0..count as u64)
                .map(|at| hash_to_scalar("test", &[&at.to_le_bytes()]))
                .collect();
            let mut coefficients: Vec<Limbs> = scalars.iter().map(limbs).collect();
            for coefficient in coefficients.iter_mut().step_by(3) {
                (coefficient[2], coefficient[3]) = (0, 0);
            }
            let mut all: Vec<[u8; 32]> = encoded(3 * count as u64);
            let (_, valid) = Plain.decode(&all, None);
            let mut keep = valid.iter();
            all.retain(|_| keep.next() == Some(&true));
            all.truncate(count);
            let (plain, _) = Plain.decode(&all, None);
            let bytes = |limbs: &Limbs| {
                let mut bytes = [0; 32];
                for (chunk, limb) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(limbs) {
                    *chunk = limb.to_le_bytes();
                }
                curve25519_dalek::scalar::Scalar::from_bytes_mod_order(bytes)
            };
            let total: RistrettoPoint = plain
                .iter()
                .zip(&coefficients)
                .map(|(point, limbs)| point * bytes(limbs))
                .sum();
            all.push((-total).compress().to_bytes());
            coefficients.push([1, 0, 0, 0]);
            let (points, good) = engine.decode(&all, None);
            assert!(good.iter().all(|good| *good));
            assert!(engine.vanishes(&points, &coefficients), "{count}");
            coefficients[0][0] ^= 1;
            assert!(!engine.vanishes(&points, &coefficients), "{count}");
        }
    }

    #[test]
    fn eight_at_once_agree_with_one() {
        if let Some(engine) = Ifma::detect() {
            agrees(&engine, &engine.hints(&encoded(301)));
            multiplies(&engine);
        }
    }

    #[test]
    fn four_at_once_agree_with_one() {
        if let Some(engine) = Avx2::detect() {
            agrees(&engine, &engine.hints(&encoded(301)));
            multiplies(&engine);
        }
    }
}

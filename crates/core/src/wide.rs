//! Scalar arithmetic for verification: products summed unreduced, one reduction at the end.
//!
//! A batch needs some ninety products of scalars a ballot. Most of them are only summed, so reducing each one is
//! wasted. Variable time, public data only. Numbers are little-endian limbs of 64 bits.
#![allow(clippy::needless_range_loop)] // one index runs over several arrays

use curve25519_dalek::scalar::Scalar;

/// A number below 2²⁵⁶.
pub type Limbs = [u64; 4];

/// The group order `q`.
const ORDER: Limbs = [
    0x5812_631a_5cf5_d3ed,
    0x14de_f9de_a2f7_9cd6,
    0,
    0x1000_0000_0000_0000,
];

/// `−q⁻¹ mod 2⁶⁴`.
const MINUS_INVERSE: u64 = 0xd2b5_1da3_1254_7e1b;

/// `2²⁵⁶ mod q`, which turns a scalar into its Montgomery form by an ordinary product.
fn montgomery_radix() -> Scalar {
    let half = Scalar::from(1u128 << 127) * Scalar::from(2u8);
    half * half
}

/// The limbs of a scalar.
pub fn limbs(scalar: &Scalar) -> Limbs {
    let (parts, _) = scalar.as_bytes().as_chunks::<8>();
    core::array::from_fn(|place| u64::from_le_bytes(parts[place]))
}

/// A factor in Montgomery form: fast to multiply many scalars by.
#[derive(Clone, Copy, Debug)]
pub struct Factor(Limbs);

impl Factor {
    /// Prepares `scalar` as a factor.
    pub fn new(scalar: &Scalar) -> Self {
        Self(limbs(&(scalar * montgomery_radix())))
    }

    /// The product with a reduced number, reduced.
    pub fn times(&self, other: &Limbs) -> Limbs {
        let mut sum = product(&self.0, other);
        let mut carry_out = 0;
        for place in 0..4 {
            let factor = sum[place].wrapping_mul(MINUS_INVERSE);
            let mut carry = 0;
            for (step, &limb) in ORDER.iter().enumerate() {
                (sum[place + step], carry) = multiply_add(sum[place + step], factor, limb, carry);
            }
            let (value, first) = sum[place + 4].overflowing_add(carry);
            let (value, second) = value.overflowing_add(carry_out);
            sum[place + 4] = value;
            carry_out = u64::from(first) + u64::from(second);
        }
        subtract_if_not_below([sum[4], sum[5], sum[6], sum[7]])
    }
}

/// `a + b·c + carry` as low limb and carry.
#[inline(always)]
fn multiply_add(a: u64, b: u64, c: u64, carry: u64) -> (u64, u64) {
    let wide = u128::from(a) + u128::from(b) * u128::from(c) + u128::from(carry);
    (wide as u64, (wide >> 64) as u64)
}

/// The whole product.
#[inline(always)]
fn product(a: &Limbs, b: &Limbs) -> [u64; 8] {
    let mut sum = [0; 8];
    for (place, &limb) in a.iter().enumerate() {
        let mut carry = 0;
        for (step, &other) in b.iter().enumerate() {
            (sum[place + step], carry) = multiply_add(sum[place + step], limb, other, carry);
        }
        sum[place + 4] = carry;
    }
    sum
}

/// The product of a 96-bit and a 128-bit number: below 2²²⁴, never reduced.
pub fn short_product(a: u128, b: u128) -> Limbs {
    let (a0, a1, b0, b1) = (a as u64, (a >> 64) as u64, b as u64, (b >> 64) as u64);
    let mut sum = [0; 4];
    let mut carry;
    (sum[0], carry) = multiply_add(0, a0, b0, 0);
    (sum[1], sum[2]) = multiply_add(0, a0, b1, carry);
    (sum[1], carry) = multiply_add(sum[1], a1, b0, 0);
    (sum[2], sum[3]) = multiply_add(sum[2], a1, b1, carry);
    sum
}

fn subtract(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    let mut borrow = false;
    let mut left = [0; 4];
    for place in 0..4 {
        let (value, first) = a[place].overflowing_sub(b[place]);
        let (value, second) = value.overflowing_sub(u64::from(borrow));
        (left[place], borrow) = (value, first || second);
    }
    (left, borrow)
}

fn subtract_if_not_below(a: Limbs) -> Limbs {
    let (left, borrow) = subtract(&a, &ORDER);
    if borrow { a } else { left }
}

/// `a − b` modulo the order, for reduced numbers.
pub fn difference(a: &Limbs, b: &Limbs) -> Limbs {
    let (left, borrow) = subtract(a, b);
    if !borrow {
        return left;
    }
    let mut carry = 0;
    let mut sum = [0; 4];
    for place in 0..4 {
        (sum[place], carry) = multiply_add(left[place], 1, ORDER[place], carry);
    }
    sum
}

/// A sum of products, reduced only when it is read. Holds 2⁶⁰ products of reduced numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum([u64; 9]);

impl Sum {
    /// Adds a number.
    #[inline(always)]
    pub fn add(&mut self, number: &Limbs) {
        self.add_limbs(number);
    }

    /// Adds a product.
    #[inline(always)]
    pub fn add_product(&mut self, a: &Limbs, b: &Limbs) {
        self.add_limbs(&product(a, b));
    }

    /// Adds a product with a 128-bit number.
    #[inline(always)]
    pub fn add_short_product(&mut self, a: &Limbs, b: u128) {
        let mut wide = [0; 6];
        for (place, limb) in [b as u64, (b >> 64) as u64].into_iter().enumerate() {
            let mut carry = 0;
            for (step, &other) in a.iter().enumerate() {
                (wide[place + step], carry) = multiply_add(wide[place + step], limb, other, carry);
            }
            wide[place + 4] = carry;
        }
        self.add_limbs(&wide);
    }

    #[inline(always)]
    fn add_limbs<const N: usize>(&mut self, number: &[u64; N]) {
        let mut carry = false;
        for place in 0..9 {
            let other = if place < N { number[place] } else { 0 };
            let (value, first) = self.0[place].overflowing_add(other);
            let (value, second) = value.overflowing_add(u64::from(carry));
            (self.0[place], carry) = (value, first | second);
        }
    }

    /// The sum, reduced.
    pub fn reduce(&self) -> Scalar {
        let mut low = [0u8; 64];
        for (bytes, limb) in low.as_chunks_mut::<8>().0.iter_mut().zip(&self.0) {
            *bytes = limb.to_le_bytes();
        }
        let radix = montgomery_radix();
        Scalar::from_bytes_mod_order_wide(&low) + Scalar::from(self.0[8]) * radix * radix
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::hash_to_scalar;

    fn sample(place: u64) -> Scalar {
        match place {
            0 => -Scalar::ONE,
            1 => Scalar::ZERO,
            2 => Scalar::ONE,
            _ => hash_to_scalar("test", &[&place.to_le_bytes()]),
        }
    }

    #[test]
    fn products_agree_with_the_group_library() {
        for (a, b) in (0..40).flat_map(|a| (0..40).map(move |b| (sample(a), sample(b)))) {
            assert_eq!(Factor::new(&a).times(&limbs(&b)), limbs(&(a * b)));
            assert_eq!(difference(&limbs(&a), &limbs(&b)), limbs(&(a - b)));
        }
    }

    #[test]
    fn sums_agree_with_the_group_library() {
        let (mut sum, mut expected) = (Sum::default(), Scalar::ZERO);
        for place in 0..2000 {
            let (a, b) = (sample(place % 50), sample(place % 7));
            let short = u128::from_le_bytes(core::array::from_fn(|at| a.as_bytes()[at]));
            sum.add_product(&limbs(&a), &limbs(&b));
            sum.add_short_product(&limbs(&b), short);
            sum.add(&limbs(&a));
            expected += a * b + b * Scalar::from(short) + a;
        }
        assert_eq!(sum.reduce(), expected);
    }

    #[test]
    fn short_products_are_exact() {
        let (a, b) = ((1u128 << 96) - 1, u128::MAX);
        let mut wide = [0u8; 32];
        for (bytes, limb) in wide
            .as_chunks_mut::<8>()
            .0
            .iter_mut()
            .zip(short_product(a, b))
        {
            *bytes = limb.to_le_bytes();
        }
        assert_eq!(
            Scalar::from_bytes_mod_order(wide),
            Scalar::from(a) * Scalar::from(b)
        );
        assert!(short_product(a, b)[3] >> 32 == 0);
    }
}

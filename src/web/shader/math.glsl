// color::math once more, for REAL and WHOLE: float and int, or vec3 and ivec3.

// x as m 2^exponent with m in sqrt(1/2) .. sqrt(2).
REAL split(REAL x, out REAL exponent) {
  WHOLE bits = floatBitsToInt(x);
  WHOLE shift = (bits - 0x3f3504f3) >> 23;
  exponent = REAL(shift);
  return intBitsToFloat(bits - (shift << 23));
}

REAL log2_near_one(REAL m) {
  REAL s = (m - 1.0) / (m + 1.0);
  REAL s2 = s * s;
  return s * (((TWO_LOG2_E / 7.0 * s2 + TWO_LOG2_E / 5.0) * s2 + TWO_LOG2_E / 3.0) * s2 + TWO_LOG2_E);
}

// x times 2 to the whole number `by`.
REAL scale_by_power(REAL x, REAL by) {
  return intBitsToFloat(floatBitsToInt(x) + (WHOLE(by) << 23));
}

// x to the power p, 0 for x = 0: right near black, where what drivers make of pow() is anybody's guess.
REAL power(REAL x, REAL p) {
  REAL exponent;
  REAL mantissa = split(x, exponent);
  REAL log2 = max((exponent + log2_near_one(mantissa)) * p, -126.0);
  REAL whole = floor(log2 + 0.5);
  REAL y = (log2 - whole) * LN_2;
  REAL tail = (((1.0 / 720.0 * y + 1.0 / 120.0) * y + 1.0 / 24.0) * y + 1.0 / 6.0) * y + 0.5;
  return step(SMALLEST, x) * scale_by_power((tail * y + 1.0) * y + 1.0, whole);
}

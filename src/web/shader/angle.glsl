// How far (x, y) is turned from the x axis, to either side: 0 .. 180 degrees; color::math::angle_signed without its sign.
float angle(float y, float x) {
  float ax = abs(x), ay = abs(y);
  float ratio = min(ax, ay) / max(max(ax, ay), SMALLEST);
  bool reduce = ratio > 0.41421357; // tan 22.5 degrees
  float t = reduce ? (ratio - 1.0) / (ratio + 1.0) : ratio;
  float t2 = t * t;
  float tail = (((-1.0 / 15.0 * t2 + 1.0 / 13.0) * t2 - 1.0 / 11.0) * t2 + 1.0 / 9.0) * t2;
  float series = ((tail - 1.0 / 7.0) * t2 + 1.0 / 5.0) * t2 - 1.0 / 3.0;
  float turned = (series * t2 + 1.0) * t * 57.2957795;
  turned = reduce ? turned + 45.0 : turned;
  turned = ay > ax ? 90.0 - turned : turned;
  return x < 0.0 ? 180.0 - turned : turned;
}

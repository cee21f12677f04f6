// color::aces1 once more; its names and those of the Academy are explained there.

uniform mat3 u_source_to_ap0, u_ap0_to_ap1, u_desaturate, u_to_display;
uniform float u_luminance_r, u_luminance_g, u_luminance_b;
uniform float u_glow_gain, u_glow_mid, u_red_scale, u_red_pivot, u_red_width, u_dim_surround, u_tone_lowest;

float saturation_of(vec3 c) {
  float low = min(min(c.r, c.g), c.b), high = max(max(c.r, c.g), c.b);
  return (max(high, 1e-10) - max(low, 1e-10)) / max(high, 1e-2);
}

vec3 glow(vec3 c) {
  float x = (saturation_of(c) - 0.4) * 5.0;
  float t = max(1.0 - 0.5 * abs(x), 0.0);
  float s = (1.0 + (x < 0.0 ? t * t - 1.0 : 1.0 - t * t)) * 0.5;
  float chroma = sqrt(max(c.b * (c.b - c.g) + c.g * (c.g - c.r) + c.r * (c.r - c.b), 0.0));
  float yc = (c.b + c.g + c.r + 1.75 * chroma) * (1.0 / 3.0);
  float gain = u_glow_gain * s;
  float falling = gain * (u_glow_mid / max(yc, 1e-10) - 0.5);
  float below = yc <= u_glow_mid * 2.0 / 3.0 ? gain : falling;
  return c * (1.0 + (yc >= u_glow_mid * 2.0 ? 0.0 : below));
}

float modify_red(vec3 c) {
  float u = angle(1.7320508 * (c.g - c.b), 2.0 * c.r - (c.g + c.b)) * (4.0 / u_red_width);
  float outer = max(2.0 - u, 0.0);
  float weight = u < 1.0 ? 1.0 + u * u * (0.75 * u - 1.5) : 0.25 * outer * outer * outer;
  return c.r + weight * saturation_of(c) * (u_red_pivot - c.r) * (1.0 - u_red_scale);
}

// Both tone curves: a row of the table for each octave, a parabola for each step of the mantissa.
float tone(float x) {
  ivec2 size = textureSize(u_table, 0);
  uint lowest = floatBitsToUint(u_tone_lowest);
  // The largest float of the last octave.
  uint highest = lowest + (uint(size.y) << 23) - 1u;
  uint bits = floatBitsToUint(clamp(x, u_tone_lowest, uintBitsToFloat(highest)));
  int octave = int((bits >> 23) - (lowest >> 23));
  float place = (uintBitsToFloat((bits & 0x7fffffu) | 0x3f800000u) - 1.0) * float(size.x);
  float entry = floor(place);
  float t = place - entry;
  vec3 parabola = texelFetch(u_table, ivec2(int(entry), octave), 0).rgb;
  return (parabola.r * t + parabola.g) * t + parabola.b;
}

vec3 render(vec3 source) {
  vec3 c = glow(u_source_to_ap0 * source);
  c.r = modify_red(c);
  c = u_desaturate * max(u_ap0_to_ap1 * max(c, 0.0), 0.0);
  c = vec3(tone(c.r), tone(c.g), tone(c.b));
  float luminance = dot(c, vec3(u_luminance_r, u_luminance_g, u_luminance_b));
  return u_to_display * (c * power(max(luminance, 1e-10), u_dim_surround - 1.0));
}

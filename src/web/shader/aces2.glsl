// color::aces2::render once more; its names and those of the Academy are explained there.
//
// Sums and differences of the hull's geometry cancel near the neutral axis and near white. Every power is our own, every
// square root and quotient has an argument that is kept off zero, and what may come out undefined on the way is chosen
// away with ?: at the end, never multiplied by zero.

uniform mat3 u_source_to_ap1, u_ap1_to_cone, u_cone_to_aab, u_aab_to_cone, u_cone_to_display;
uniform float u_largest_input, u_adaptation, u_white_response, u_lightness_exponent, u_response_exponent;
uniform float u_cone_exponent, u_cone_inverse_exponent, u_cone_offset, u_largest_response;
uniform float u_tone_contrast, u_tone_toe, u_tone_shoulder, u_tone_scale;
uniform float u_chroma_saturation, u_chroma_saturation_threshold, u_chroma_compression, u_chroma_scale;
uniform float u_white_j, u_display_white_response, u_mid_j, u_focus_distance, u_lower_gamma_inverse;
uniform float u_cusp_mid_blend, u_focus_gain_blend, u_smooth_cusps;

// What depends on hue.
struct ByHue { float reach_m, cusp_j, cusp_m, upper_gamma_inverse; };

// A row for each degree; in it, for each bin of a degree, five texels: its knot, values and slopes before the knot, values
// and slopes after it. Values hold for the whole degree.
ByHue look_up(float hue) {
  float degree = min(floor(hue), 359.0);
  float t = hue - degree;
  int bins = textureSize(u_table, 0).x / 5;
  ivec2 at = ivec2(5 * min(int(t * float(bins)), bins - 1), int(degree));
  at.x += hue < texelFetch(u_table, at, 0).r ? 1 : 3;
  vec4 v = texelFetch(u_table, at, 0) + texelFetch(u_table, at + ivec2(1, 0), 0) * t;
  return ByHue(v.x, v.y, v.z, v.w);
}

float compress_positive(float light) {
  float p = power(light, u_cone_exponent);
  return p / (u_cone_offset + p);
}

vec3 compress_cone(vec3 light) {
  vec3 p = power(abs(light), vec3(u_cone_exponent));
  return sign(light) * p / (u_cone_offset + p);
}

float expand_positive(float response) {
  float limited = min(response, u_largest_response);
  return power(u_cone_offset * limited / (1.0 - limited), u_cone_inverse_exponent);
}

vec3 expand_cone(vec3 response) {
  vec3 limited = min(abs(response), u_largest_response);
  return sign(response) * power(u_cone_offset * limited / (1.0 - limited), vec3(u_cone_inverse_exponent));
}

// The tone curve on achromatic response.
float tone(float response) {
  float y = expand_positive(u_white_response * response) / u_adaptation;
  float curve = u_tone_scale * power(y / (y + u_tone_shoulder), u_tone_contrast);
  float toned = max(curve * curve / (curve + u_tone_toe), 0.0) * 100.0;
  return compress_positive(toned * u_adaptation) / u_white_response;
}

// A Fourier series of the hue with the Academy's weights.
float chroma_norm(float c, float s) {
  float c2 = 2.0 * c * c - 1.0, s2 = 2.0 * c * s;
  float c3 = 4.0 * c * c * c - 3.0 * c, s3 = 3.0 * s - 4.0 * s * s * s;
  return 11.34072 * c + 16.46899 * c2 + 7.88380 * c3 + 14.66441 * s - 6.37224 * s2 + 9.19364 * s3 + 77.12896;
}

// A hyperbolic toe below `limit`.
float toe(float x, float limit, float k1, float k2) {
  k2 = max(k2, 0.001);
  k1 = sqrt(k1 * k1 + k2 * k2);
  float k3 = (limit + k1) / (limit + k2);
  float b = k3 * x - k1;
  float bent = 0.5 * (b + sqrt(max(b * b + 4.0 * k2 * k3 * x, 0.0)));
  return x > limit ? x : bent;
}

float compress_chroma(float m, float response, float toned, float j, float c, float s, float reach_m) {
  float n = j / u_white_j;
  float sn = max(1.0 - n, 0.0);
  float norm = chroma_norm(c, s) * u_chroma_scale;
  float limit = toned / u_display_white_response * reach_m / norm;
  float scaled = m * (toned / max(response, SMALLEST)) / norm;
  float expand = sqrt(n * n + u_chroma_saturation_threshold);
  float expanded = limit - toe(limit - scaled, limit - 0.001, sn * u_chroma_saturation, expand);
  float inner = toe(expanded, limit, n * u_chroma_compression, sn) * norm;
  return m > 0.0 ? inner : 0.0;
}

float axis_intersection(float j, float m, float focus_j, float gain) {
  float scaled = m / gain;
  float a = scaled / focus_j;
  bool below = j < focus_j;
  float b = below ? 1.0 - scaled : -(1.0 + scaled + u_white_j * a);
  float c = below ? -j : u_white_j * scaled + j;
  float r = sqrt(max(b * b - 4.0 * a * c, 0.0));
  return -2.0 * c / (below ? b + r : b - r);
}

float slope_gain(float j, float cusp_j) {
  float gain = u_white_j * u_focus_distance;
  float threshold = cusp_j + (u_white_j - cusp_j) * u_focus_gain_blend;
  float exponent;
  float mantissa = split((u_white_j - threshold) / max(u_white_j - j, 0.0001), exponent);
  float adjustment = (exponent + log2_near_one(mantissa)) * 0.301029996; // log10 2
  return j > threshold ? gain * (adjustment * adjustment + 1.0) : gain;
}

float smooth_minimum(float a, float b, float scale) {
  float width = u_smooth_cusps * scale;
  float h = max(width - abs(a - b), 0.0) / width;
  return min(a, b) - h * h * h * width * (1.0 / 6.0);
}

// Colourfulness between threshold and reach brought between threshold and boundary.
float remap(float m, float boundary, float reach) {
  float proportion = max(boundary / reach, 0.75);
  float threshold = proportion * boundary;
  float inner = boundary - threshold, outer = reach - threshold;
  float scale = outer / (outer / inner - 1.0);
  float x = (m - threshold) / scale;
  float squeezed = threshold + scale * x / (1.0 + x);
  return m <= threshold || proportion >= 1.0 ? m : squeezed;
}

// J and M moved along a line towards the focus until they lie inside the display's hull.
vec2 compress_gamut(float j, float m, ByHue hue) {
  float focus_j = hue.cusp_j + (u_mid_j - hue.cusp_j) * min(u_cusp_mid_blend - hue.cusp_j / u_white_j, 1.0);
  float gain = slope_gain(j, hue.cusp_j);
  float axis_j = axis_intersection(j, m, focus_j, gain);
  float slope = (axis_j < focus_j ? axis_j : u_white_j - axis_j) * (axis_j - focus_j) / (focus_j * gain);
  float cusp_axis_j = axis_intersection(hue.cusp_j, hue.cusp_m, focus_j, gain);

  // Three boundaries J = j (M / m)^gamma at once: the lower hull, the upper one (a lower one upside down), the reach.
  vec3 start = vec3(axis_j, u_white_j - axis_j, axis_j);
  vec3 reference = vec3(cusp_axis_j, u_white_j - cusp_axis_j, u_white_j);
  vec3 hull_j = vec3(hue.cusp_j, u_white_j - hue.cusp_j, u_white_j);
  vec3 hull_m = vec3(hue.cusp_m, hue.cusp_m, hue.reach_m);
  vec3 exponents = vec3(u_lower_gamma_inverse, hue.upper_gamma_inverse, u_response_exponent);
  vec3 shifted = reference * power(max(start / reference, 0.0), exponents);
  vec3 meets = shifted * hull_m / (hull_j - vec3(slope, -slope, slope) * hull_m);

  float boundary = smooth_minimum(meets.x, meets.y, hue.cusp_m);
  float inner = remap(m, boundary, meets.z);
  bool on_axis = j <= 0.0 || m <= 0.0 || j > u_white_j || boundary <= 0.0;
  return on_axis ? vec2(max(j, 0.0), 0.0) : vec2(axis_j + inner * slope, inner);
}

vec3 render(vec3 source) {
  vec3 ap1 = clamp(u_source_to_ap1 * source, 0.0, u_largest_input);
  vec3 seen = u_cone_to_aab * compress_cone(u_ap1_to_cone * ap1);
  float m = seen.x > 0.0 ? length(seen.yz) : 0.0;
  vec2 direction = m > 0.0 ? seen.yz / max(m, SMALLEST) : vec2(1.0, 0.0);
  float response = max(seen.x, 0.0);

  float turned = angle(direction.y, direction.x);
  ByHue hue = look_up(direction.y < 0.0 ? 360.0 - turned : turned);
  float toned = tone(response);
  float j = 100.0 * power(toned, u_lightness_exponent);
  m = compress_chroma(m, response, toned, j, direction.x, direction.y, hue.reach_m);
  vec2 inside = compress_gamut(j, m, hue);

  vec3 aab = vec3(power(inside.x * 0.01, u_response_exponent), inside.y * direction);
  return clamp(u_cone_to_display * expand_cone(u_aab_to_cone * aab), 0.0, 1.0);
}

// x to the power 1/2.4 = 5/12, as color::encoding::root: twelfths keep the exponent's share exact, however large it is.
vec3 root(vec3 x) {
  vec3 exponent;
  vec3 mantissa = split(x, exponent);
  vec3 twelfths = 5.0 * exponent;
  vec3 whole = floor(twelfths * (1.0 / 12.0) + 0.5);
  vec3 y = ((twelfths - 12.0 * whole) * (1.0 / 12.0) + log2_near_one(mantissa) * (1.0 / 2.4)) * LN_2;
  vec3 tail = ((((1.0 / 5040.0 * y + 1.0 / 720.0) * y + 1.0 / 120.0) * y + 1.0 / 24.0) * y + 1.0 / 6.0) * y + 0.5;
  return step(SMALLEST, x) * scale_by_power((tail * y + 1.0) * y + 1.0, whole);
}

vec3 encode(vec3 light) {
  vec3 magnitude = abs(light);
  vec3 raised = root(magnitude);
  vec3 srgb = mix(1.055 * raised - 0.055, 12.92321 * magnitude, lessThanEqual(magnitude, vec3(0.0030399347)));
  vec3 signal = mix(mix(raised, srgb, u_srgb), magnitude, u_linear);
#ifdef GAMMA
  // Beyond white all is white.
  signal = power(min(signal, 1.0), vec3(u_inverse_gamma));
#endif
  return signal * sign(light);
}

vec3 fetch(ivec2 texel) {
  return vec3(texelFetch(u_red, texel, 0).r, texelFetch(u_green, texel, 0).r, texelFetch(u_blue, texel, 0).r);
}

void main() {
  vec2 canvas = vec2(gl_FragCoord.x, u_height - gl_FragCoord.y);
  vec2 at = (canvas - u_place.xy) / u_place.zw;
  ivec2 middle = ivec2(floor(at));
  if (any(lessThan(middle, ivec2(0))) || any(greaterThanEqual(middle, u_size))) discard;

#ifdef CLIPPING
  bvec3 odd = bvec3(false), above = bvec3(false), below = bvec3(false);
#define NOTE(raw, light) \
    odd = bvec3(uvec3(odd) | uvec3(greaterThanEqual(magnitude_bits(raw), uvec3(0x7f800000u)))); \
    above = bvec3(uvec3(above) | uvec3(greaterThan(light, vec3(1.0)))); \
    below = bvec3(uvec3(below) | uvec3(lessThan(light, vec3(0.0))));
#else
#define NOTE(raw, light)
#endif

  vec3 light;
  float alpha = 1.0;
#ifdef SMOOTH
  light = vec3(0.0);
  alpha = 0.0;
  for (int j = 0; j < u_taps; j++) {
    for (int i = 0; i < u_taps; i++) {
      vec2 shift = (vec2(float(i), float(j)) + 0.5) / float(u_taps) - 0.5;
      ivec2 texel = clamp(ivec2(floor(at + shift / u_place.zw)), ivec2(0), u_size - 1);
#ifdef ALPHA
      alpha += mix(1.0, tame(vec3(texelFetch(u_alpha, texel, 0).r)).r, u_has_alpha);
#else
      vec3 raw = fetch(texel);
#ifdef SCENE_AVERAGE
      light += tame(raw) / float(u_taps * u_taps);
      NOTE(raw, vec3(0.0))
#else
      vec3 one = render(tame(raw)) + u_offset;
      NOTE(raw, one)
      // What is averaged is the light that reaches the eye: a display has no more than white.
      light += clamp(one, 0.0, 1.0) / float(u_taps * u_taps);
#endif
#endif
    }
  }
  alpha /= float(u_taps * u_taps);
#if defined(SCENE_AVERAGE) && !defined(ALPHA)
  light = render(light) + u_offset;
  NOTE(vec3(0.0), light)
#endif
#else
#ifdef ALPHA
  alpha = mix(1.0, tame(vec3(texelFetch(u_alpha, middle, 0).r)).r, u_has_alpha);
#else
  vec3 raw = fetch(middle);
  light = render(tame(raw)) + u_offset;
  NOTE(raw, light)
#endif
#endif

#ifdef ALPHA
  vec3 signal = vec3(alpha);
#else
  vec3 signal = encode(u_select * light);
#endif
#ifdef FALSE_COLOR
  float luma = dot(clamp(signal, 0.0, 1.0), u_luma);
  signal = vec3(luma);
  for (int i = 0; i < 9; i++) {
    if (luma < u_bands[i].a) {
      if (u_bands[i].r >= 0.0) signal = u_bands[i].rgb;
      break;
    }
  }
#endif
#ifdef CLIPPING
  float rising = step(mod(gl_FragCoord.x + gl_FragCoord.y, 12.0), 5.9);
  float falling = step(mod(gl_FragCoord.x - gl_FragCoord.y, 12.0), 5.9);
  if (any(odd)) signal = vec3(1.0, 0.0, 1.0);
  else if (any(above)) signal = mix(signal, vec3(0.9, 0.22, 0.2), rising);
  else if (any(below)) signal = mix(signal, vec3(0.25, 0.5, 1.0), falling);
#endif
  // Halves up, as color::quantize: not left to the driver's rounding.
  o_color = vec4(floor(clamp(signal, 0.0, 1.0) * 255.0 + 0.5) / 255.0, 1.0);
}

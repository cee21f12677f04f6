precision highp float;
precision highp int;
precision highp sampler2D;

uniform sampler2D u_red, u_green, u_blue, u_alpha;
uniform sampler2D u_table;   // the rendering's, where it has one
uniform ivec2 u_size;        // of the tile, in picture pixels
uniform vec4 u_place;        // canvas position of the tile's corner; canvas pixels per picture pixel
uniform float u_height;      // of the canvas
uniform int u_taps;          // samples each way for one canvas pixel
uniform float u_offset;      // added to display-linear light
uniform mat3 u_select;       // which share of the light each screen channel shows
uniform float u_srgb;        // 1: sRGB's curve, 0: BT.1886's
uniform float u_linear;      // 1: no curve at all
uniform float u_inverse_gamma;
uniform float u_largest;
uniform float u_has_alpha;   // 0: the layer has none, it is 1 everywhere
#ifdef FALSE_COLOR
uniform vec4 u_bands[9];     // a colour, below 0 for none, and the luma where it ends
uniform vec3 u_luma;
#endif
out vec4 o_color;

uvec3 magnitude_bits(vec3 x) { return floatBitsToUint(x) & 0x7fffffffu; }

// NaN to 0, infinities to the largest number that sums bear.
vec3 tame(vec3 x) {
  return mix(clamp(x, -u_largest, u_largest), vec3(0.0), greaterThan(magnitude_bits(x), uvec3(0x7f800000u)));
}

const float SMALLEST = 1.17549435e-38; // the smallest normal number
const float LN_2 = 0.693147181;
const float TWO_LOG2_E = 2.88539008;

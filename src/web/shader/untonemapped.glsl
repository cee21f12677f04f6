// A change of primaries and nothing else.

uniform mat3 u_matrix;       // scene-linear to display-linear

vec3 render(vec3 source) {
  return u_matrix * source;
}

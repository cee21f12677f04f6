//! The final output stage for *MSG 1998*.

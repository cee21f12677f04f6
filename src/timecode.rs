//! Time code: frames counted as hours, minutes, seconds and frames (SMPTE ST 12-1).

use std::fmt;

use crate::exr::AttributeValue;
use crate::spec::FrameRate;

/// A time code that counts every frame (non-drop), within one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timecode {
    /// Frames since 00:00:00:00.
    frames: u32,
    /// Frames that one of its seconds counts.
    counted: u32,
}

impl Timecode {
    /// The film's time code: the number of the frame, 1001 at 24 being 00:00:41:17. It wraps at a day, both ways.
    pub fn of_frame(number: i32, rate: FrameRate) -> Self {
        let counted = rate.counted().max(1);
        let day = i64::from(counted) * 24 * 60 * 60;
        Self { frames: i64::from(number).rem_euclid(day) as u32, counted }
    }

    /// The time code of a frame in words where numbers are left out to keep up with the clock, as 30000/1001 may have it: the
    /// first two of every minute but each tenth, at 60 the first four, and `;` before the frames (SMPTE ST 12-1, 5.2.2).
    pub fn dropping(number: i32, rate: FrameRate) -> String {
        let counted = i64::from(rate.counted().max(30));
        let dropped = counted / 15;
        let ten_minutes = 600 * counted - 9 * dropped;
        let number = i64::from(number).rem_euclid(24 * 6 * ten_minutes);
        let (tens, rest) = (number / ten_minutes, number % ten_minutes);
        let minutes = (rest - dropped).max(0) / (60 * counted - dropped);
        let frames = (number + dropped * (9 * tens + minutes)) as u32;
        let [hours, minutes, seconds, frames] = Self { frames, counted: counted as u32 }.fields();
        format!("{hours:02}:{minutes:02}:{seconds:02};{frames:02}")
    }

    /// Hours, minutes, seconds and frames.
    pub const fn fields(self) -> [u32; 4] {
        let seconds = self.frames / self.counted;
        [seconds / 3600, seconds / 60 % 60, seconds % 60, self.frames % self.counted]
    }

    /// The value of an EXR's `timeCode`: binary coded decimal, no flags, no user data. `None` above 40 frames a second,
    /// for which its two bits of tens have no room.
    pub fn to_exr(self) -> Option<AttributeValue> {
        let [hours, minutes, seconds, frames] = self.fields();
        let pair = |value: u32| ((value / 10) << 4) | (value % 10);
        let time = (pair(hours) << 24) | (pair(minutes) << 16) | (pair(seconds) << 8) | pair(frames);
        (self.counted <= 40).then_some(AttributeValue::TimeCode(time, 0))
    }
}

impl fmt::Display for Timecode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [hours, minutes, seconds, frames] = self.fields();
        write!(f, "{hours:02}:{minutes:02}:{seconds:02}:{frames:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::Timecode;
    use crate::spec::FrameRate;

    const NTSC: FrameRate = FrameRate { numerator: 30000, denominator: 1001 };
    const HIGH: FrameRate = FrameRate { numerator: 48, denominator: 1 };

    #[test]
    fn it_is_the_number_of_the_frame() {
        let text = |number, rate| Timecode::of_frame(number, rate).to_string();
        assert_eq!(text(1001, FrameRate::FPS_24), "00:00:41:17");
        assert_eq!(text(1001, NTSC), "00:00:33:11");
        assert_eq!(text(0, FrameRate::FPS_24), "00:00:00:00");
        assert_eq!(text(-1, FrameRate::FPS_24), "23:59:59:23");
        assert_eq!(text(24 * 86_400 + 5, FrameRate::FPS_24), "00:00:00:05");
    }

    #[test]
    fn numbers_are_left_out_at_every_minute_but_the_tenth() {
        // SMPTE ST 12-1, 5.2.2: after 00:00:59;29 comes 00:01:00;02, after 00:09:59;29 comes 00:10:00;00.
        let text = |number| Timecode::dropping(number, NTSC);
        assert_eq!(
            [1799, 1800, 17_981, 17_982].map(text),
            ["00:00:59;29", "00:01:00;02", "00:09:59;29", "00:10:00;00"]
        );
        assert_eq!(text(107_892), "01:00:00;00");
    }

    #[test]
    fn its_packed_form_reads_back() {
        let packed = |number, rate| Timecode::of_frame(number, rate).to_exr().map(|value| value.to_string());
        assert_eq!(packed(1001, FrameRate::FPS_24).as_deref(), Some("00:00:41:17"));
        assert_eq!(packed(86_399 * 24 + 23, FrameRate::FPS_24).as_deref(), Some("23:59:59:23"));
        assert_eq!(packed(1001, HIGH), None);
    }
}

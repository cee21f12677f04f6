//! From the recognizer's likelihoods to letters.

/// The letters that a recognizer knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Alphabet(Vec<String>);

impl Alphabet {
    /// One letter a line, as the model's metadata have them; the blank comes before them, the space after.
    pub(super) fn of_lines(lines: &str) -> Self {
        Self(lines.lines().map(str::to_owned).chain([" ".to_owned()]).collect())
    }

    /// Likelihoods that the recognizer gives at every step.
    pub(super) fn classes(&self) -> usize {
        self.0.len() + 1
    }

    /// The likeliest letter of each step; repetitions are one letter, blanks none (Graves et al., 2006, section 3.2). With
    /// it the mean likelihood of the letters, 0 to 1.
    pub(super) fn read(&self, steps: &[f32]) -> (String, f32) {
        let (mut text, mut sum, mut count, mut last) = (String::new(), 0.0, 0.0_f32, 0_usize);
        for step in steps.chunks_exact(self.classes()) {
            let (class, likely) =
                (1..).zip(&step[1..]).fold(
                    (0_usize, step[0]),
                    |best, (class, &likely)| {
                        if likely > best.1 { (class, likely) } else { best }
                    },
                );
            if class != last
                && let Some(letter) = class.checked_sub(1).and_then(|place| self.0.get(place))
            {
                text += letter;
                sum += likely;
                count += 1.0;
            }
            last = class;
        }
        (text, sum / count.max(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::Alphabet;

    #[test]
    fn repetitions_are_one_letter_and_blanks_none() {
        let alphabet = Alphabet::of_lines("A\nB\nC");
        let step = |class: usize, likely: f32| {
            let mut step = vec![0.0; alphabet.classes()];
            step[class] = likely;
            step
        };
        let steps = [(0, 1.0), (1, 0.9), (1, 0.8), (0, 1.0), (1, 0.7), (4, 0.5), (4, 0.5), (3, 0.7), (0, 0.9)];
        let (text, score) = alphabet.read(&steps.map(|(class, likely)| step(class, likely)).concat());
        assert_eq!(text, "AA C");
        assert!((score - 0.7).abs() < 1e-6, "{score}");
        assert_eq!(alphabet.read(&[]), (String::new(), 0.0));
    }
}

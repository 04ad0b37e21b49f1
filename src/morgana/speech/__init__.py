"""Speech and its timing: words from sound, phoneme times from words."""

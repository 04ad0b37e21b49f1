"""From written text to what is said: sentences, spoken forms, phonemes."""

"""One module a language: from its words to phonemes in Kokoro's alphabet."""

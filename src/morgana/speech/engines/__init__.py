"""From phonemes to sound: one module an engine, each loaded when it is first needed."""

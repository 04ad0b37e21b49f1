"""Sound and video files: probe, decode, encode. The only package that touches PyAV."""

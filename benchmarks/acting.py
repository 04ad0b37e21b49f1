"""Prints what a performance amounts to: `python benchmarks/acting.py AUDIO [--repeat SECONDS]`.

Beside each figure stands what is known of real speakers.
"""

import argparse
import resource
import time
from pathlib import Path

import numpy as np

from morgana.portrait.acting import Acted, ActingOptions, aperture, perform
from morgana.portrait.acting.measuring import blinks, closure_share, silent
from morgana.portrait.performance import Action
from morgana.speech.activity import SINGLE, join, sounding, voice_probability, voiced_spans
from morgana.speech.alignment import align
from morgana.speech.prosody import analyse
from morgana.speech.recognition import load, recognise
from morgana.speech.resampling import RATE
from morgana.speech.transcript import Speech
from morgana.video.sound import read_sound


class Stopwatch:
    """CPU seconds between its calls."""

    def __init__(self) -> None:
        self.last = time.process_time()

    def lap(self, name: str, duration: float) -> None:
        spent = time.process_time() - self.last
        print(f"  {name:<14}{spent:7.2f} CPU-s  {spent / duration:6.3f} per second of audio")
        self.last += spent


def timed(audio: np.ndarray, options: ActingOptions) -> Acted:
    """What `act` does, stage by stage."""
    duration = len(audio) / RATE
    watch = Stopwatch()
    prosody = analyse(audio)
    watch.lap("prosody", duration)
    voiced = voiced_spans(voice_probability(audio), duration)
    watch.lap("activity", duration)
    recogniser = load()
    watch.lap("load", duration)
    transcript = recognise(recogniser, audio, voiced, prosody)
    watch.lap("recognition", duration)
    words, phones = align(audio, transcript, voiced)
    voiced = join(voiced, sounding(prosody, SINGLE if words else 0.0))
    watch.lap("alignment", duration)
    acted = perform(Speech(duration, transcript.language, words, phones, voiced, prosody), options)
    watch.lap("acting", duration)
    return acted


def report(acted: Acted) -> None:
    performance, speech = acted.performance, acted.speech
    gap, fps = aperture(performance.actions), performance.fps
    heard = ~silent(speech, len(performance), fps, margin=0.0)
    p5, p50, p95 = np.percentile(gap[heard] if heard.any() else gap, [5, 50, 95])
    found = blinks(performance)
    lengths = [blink.length for blink in found] or [0.0]
    quiet = silent(speech, len(performance), fps)
    still = float(np.abs(np.diff(gap))[quiet[1:]].max()) if quiet[1:].any() else 0.0
    head, largest = performance.head.std(axis=0), np.abs(performance.head).max(axis=0)
    row("recognised", f"{speech.language}, {len(speech.words)} words, {len(speech.phones)} phones")
    row("expression", acted.expression)
    row("lip aperture p5/p50/p95", f"{p5:.3f} {p50:.3f} {p95:.3f}", "real 0.002 0.08-0.18 0.16-0.32")
    row("p, b, m not closed", f"{closure_share(performance, speech):.1%}", "under 2%")
    row("movement in silence", f"{still:.4f} a frame in {quiet.sum() / fps:.1f} s", "0")
    row("blinks a minute", f"{60 * len(found) / speech.duration:.1f}", "real 14-30")
    row("blink length", f"{min(lengths):.2f}-{max(lengths):.2f} s", "real 0.1-0.4")
    row("yaw, pitch, roll", "{:.1f} {:.1f} {:.1f} degrees".format(*head[:3]), "real 3-10 4-7 2-3")
    row("largest", "{:.1f} {:.1f} {:.1f} degrees".format(*largest[:3]), "under 12 10 7")
    row("translation", f"{np.linalg.norm(head[3:]):.3f}", "real 0.12-0.18")
    row("mean smile", f"{performance.actions[:, Action.MOUTH_SMILE_LEFT].mean():.2f}")
    row("peak memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


def row(name: str, value: str, known: str = "") -> None:
    print(f"{name:<26}{value:<30}{known}".rstrip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("audio", type=Path)
    parser.add_argument("--repeat", type=float, help="repeat the audio to this many seconds")
    parser.add_argument("--expression", default="auto")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    audio = read_sound(arguments.audio, RATE).samples
    if arguments.repeat:
        audio = np.resize(audio, int(arguments.repeat * RATE))
    report(timed(audio, ActingOptions(expression=arguments.expression, seed=arguments.seed)))


if __name__ == "__main__":
    main()

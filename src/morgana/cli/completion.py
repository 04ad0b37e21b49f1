"""Names that a shell may complete: those that are known here."""


def template_names() -> list[str]:
    from morgana.captions.template import templates

    return [one.name for one in templates().values()]


def voice_ids() -> list[str]:
    from morgana.speech.voices import voices

    return [*voices()]


def font_names() -> list[str]:
    from morgana.overlays.look import looks
    from morgana.text.fonts import families

    return [*looks(), *sorted(families())]
